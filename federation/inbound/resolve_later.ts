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
/** Resolutions that wait; beyond it whoever needs one asks again. */
const JOBS_MAX = 1000;

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
  #running: Promise<void> | undefined;

  constructor(deps: ResolveLaterDeps) {
    this.#deps = deps;
  }

  /** The state after these events is wanted. */
  want(roomId: RoomId, ids: readonly EventId[]): void {
    const key = `${roomId} ${sortEventIds(ids).join()}`;
    if (this.#jobs.size >= JOBS_MAX && !this.#jobs.has(key)) return;
    this.#jobs.set(key, { roomId, ids });
    this.#running ??= this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    const { signal } = this.#ending;
    for (const [key, job] of this.#jobs) {
      const restMs = (this.#rests.get(job.roomId) ?? 0) - clock.monotonic();
      await clock.sleep(Math.max(restMs, PAUSE_MIN_MS), signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#jobs.delete(key);
      try {
        await this.#resolve(job);
      } catch (error) {
        log.log("warn", "A large conflict could not be resolved.", { room: job.roomId, error });
      }
    }
    this.#rests.clear();
    this.#running = undefined;
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
