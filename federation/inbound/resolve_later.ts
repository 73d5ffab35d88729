import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { sortEventIds } from "../../core/ids/sort_event_ids.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { InboundRoom, InboundRooms } from "./ports.ts";
import { RoomTurn } from "./room_turn.ts";

/** A room's resolutions take no more than one part in so many of the time. */
const SHARE = 10;
const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 60_000;
/** Resolutions that wait, in all and of one room; beyond it whoever needs one asks again. */
const JOBS_MAX = 1000;
const JOBS_PER_ROOM = 20;

interface Job {
  readonly roomId: RoomId;
  readonly ids: readonly EventId[];
}

export interface ResolveLaterDeps {
  readonly rooms: Pick<InboundRooms, "open">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Conflicts that are too large to be resolved while an event is received: one after another,
 * each room within a budget of time. Meanwhile the last resolved state answers. PROTOCOL.md 7.
 */
export class ResolveLater implements AsyncDisposable {
  readonly #deps: ResolveLaterDeps;
  readonly #jobs = new Map<string, Job>();
  /** When a room may be resolved again, ms of the clock that never jumps. */
  readonly #rests = new Map<RoomId, number>();
  readonly #ending = new AbortController();
  #pause = new AbortController();
  #running: Promise<void> | undefined;

  constructor(deps: ResolveLaterDeps) {
    this.#deps = deps;
  }

  /** The state after these events is wanted. */
  want(roomId: RoomId, ids: readonly EventId[]): void {
    const key = `${roomId} ${sortEventIds(ids).join()}`;
    if (!this.#jobs.has(key)) {
      const own = [...this.#jobs.values()].filter((job) => job.roomId === roomId).length;
      if (this.#jobs.size >= JOBS_MAX || own >= JOBS_PER_ROOM) return;
      this.#jobs.set(key, { roomId, ids });
      // It may be due before what is waited for.
      this.#pause.abort();
    }
    this.#running ??= this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#pause.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    for (let next = this.#nextJob(); next !== undefined; next = this.#nextJob()) {
      const restMs = this.#restOf(next.job.roomId) - clock.monotonic();
      if (restMs > 0) {
        // Of a room that comes meanwhile the rest may be over earlier.
        this.#pause = new AbortController();
        if (this.#ending.signal.aborted) return;
        await clock.sleep(restMs, this.#pause.signal).catch(() => undefined);
        continue;
      }
      await clock.sleep(PAUSE_MIN_MS, this.#ending.signal).catch(() => undefined);
      if (this.#ending.signal.aborted) return;
      this.#jobs.delete(next.key);
      try {
        await this.#resolve(next.job);
      } catch (error) {
        const { roomId } = next.job;
        log.log("warn", "A large conflict could not be resolved.", { room: roomId, error });
      }
    }
    this.#rests.clear();
    this.#running = undefined;
  }

  #restOf(roomId: RoomId): number {
    return this.#rests.get(roomId) ?? 0;
  }

  /** Of the room whose rest is over first: one that rests keeps no other waiting. */
  #nextJob(): { readonly key: string; readonly job: Job } | undefined {
    let next: { readonly key: string; readonly job: Job } | undefined;
    for (const [key, job] of this.#jobs) {
      if (next === undefined || this.#restOf(job.roomId) < this.#restOf(next.job.roomId)) {
        next = { key, job };
      }
    }
    return next;
  }

  async #resolve({ roomId, ids }: Job): Promise<void> {
    const { rooms, clock } = this.#deps;
    const room = await rooms.open(roomId);
    if (room === undefined) return;
    const begin = clock.monotonic();
    await room.graph.authorityAfter(ids, { fullSetMax: Infinity });
    const tookMs = clock.monotonic() - begin;
    this.#rests.set(roomId, clock.monotonic() + Math.min(tookMs * SHARE, PAUSE_MAX_MS));
    await room.inTurn(() => this.#settle(room));
  }

  /** The end of the graph moves to its heads, where these are resolved by now. */
  async #settle(room: InboundRoom): Promise<void> {
    const { end } = room;
    const [first] = end.pending ?? [];
    if (end.pending === undefined || first === undefined) return;
    const state = await room.graph.stateAfterAll(end.pending, {
      fullSetMax: room.graph.foregroundMax,
    });
    if (state === undefined) return this.want(room.id, end.pending);
    const changed = [...end.state.differing(state)];
    const turn = new RoomTurn(room);
    await turn.read([first]);
    // Readers of the log meet it again, and with it the whole room as it is now.
    turn.change(first, {});
    const authority = end.authority.next(state, changed);
    turn.moveEnd(
      { end: { heads: end.pending, state, authority }, resolved: true, forked: true },
      first,
    );
    await room.store(turn.result);
  }
}
