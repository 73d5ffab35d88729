import { isControlEvent, isTimelineEvent, type TimelineEvent } from "../../core/event/event.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Refusal } from "../../core/auth/verdict.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { beginToShow, countFrom } from "./accept.ts";
import { coveringsOf } from "./coverings.ts";
import { judgePresent, type PresentDeps } from "./judge_present.ts";
import type { InboundRoom, InboundRooms, Known } from "./ports.ts";
import { RoomTurn } from "./room_turn.ts";
import { stateBefore } from "./state_before.ts";
import { verify, type VerifyDeps } from "./verify.ts";

/** A room is looked through no more often than this. */
const PAUSE_MS = 1000;
/** One that takes long rests so many times as long, or whoever fills it would hold all rooms up. */
const SHARE = 10;
const REST_MAX_MS = 30_000;
/** Who waits for the time to come looks at the clock this often: it may be set right meanwhile. */
const CLOCK_LOOK_MS = 45_000;
/** Events after a soft-failed one among which its children are looked for. */
const LATER_MAX = 200;
/** Events looked at in one go. */
const SLICE = 50;
/** Rooms that wait to be looked through; beyond it they are found at the next start. */
const ROOMS_MAX = 10_000;

export interface LookAgainDeps extends PresentDeps, Pick<VerifyDeps, "verifier"> {
  readonly keys: PresentDeps["keys"] & VerifyDeps["keys"];
  readonly rooms: InboundRooms;
  readonly log: Log;
}

/**
 * Soft-failed events are looked at again when the present state of their room, or of the guild
 * that their private room belongs to, has changed, or the time has come for one that was dated
 * ahead: for 7 days, at most 1,000 of a room. What passes counts, and is shown. PROTOCOL.md 7.
 */
export class LookAgain implements AsyncDisposable {
  readonly #deps: LookAgainDeps;
  readonly #ending = new AbortController();
  /** When to look through a room, by the clock that never jumps. */
  readonly #due = new Map<RoomId, number>();
  /** Until when a room that took long is left alone. */
  readonly #rests = new Map<RoomId, number>();
  #pause = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: LookAgainDeps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  /** The room's present state has changed. */
  wake(roomId: RoomId): void {
    this.#schedule(roomId, PAUSE_MS);
  }

  #schedule(roomId: RoomId, afterMs: number): void {
    const { clock } = this.#deps;
    const dueTs = Math.max(clock.monotonic() + afterMs, this.#rests.get(roomId) ?? 0);
    const known = this.#due.get(roomId);
    if (known === undefined && this.#due.size >= ROOMS_MAX) return;
    this.#due.set(roomId, Math.min(known ?? dueTs, dueTs));
    this.#pause.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#pause.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, rooms } = this.#deps;
    try {
      const found = await rooms.withSoftFailed({ sinceTs: this.#sinceTs, limit: ROOMS_MAX });
      for (const roomId of found) this.wake(roomId);
    } catch (error) {
      log.log("warn", "Soft-failed events of earlier runs could not be found.", { error });
    }
    while (!this.#ending.signal.aborted) {
      const nowMs = clock.monotonic();
      for (const [roomId, dueTs] of [...this.#due]) {
        if (dueTs > nowMs || this.#ending.signal.aborted) continue;
        this.#due.delete(roomId);
        await this.#lookThrough(roomId);
      }
      const next = Math.min(...this.#due.values());
      const pauseMs = next - clock.monotonic();
      if (pauseMs <= 0) continue;
      this.#pause = new AbortController();
      if (this.#ending.signal.aborted) return;
      const waiting = Number.isFinite(pauseMs) ? pauseMs : limits.receive.softFailedKeptMs;
      await clock.sleep(waiting, this.#pause.signal).catch(() => undefined);
    }
  }

  get #sinceTs(): number {
    return this.#deps.clock.now() - limits.receive.softFailedKeptMs;
  }

  async #lookThrough(roomId: RoomId): Promise<void> {
    const { rooms, clock } = this.#deps;
    const begun = clock.monotonic();
    try {
      const room = await rooms.open(roomId);
      if (room !== undefined) await room.inTurn(() => this.#lookInTurn(room));
      // Its private rooms are judged by it too: whom it has taken back is heard there again.
      const inside = { sinceTs: this.#sinceTs, guild: roomId, limit: ROOMS_MAX };
      for (const id of await rooms.withSoftFailed(inside)) {
        const privateRoom = await rooms.open(id);
        if (privateRoom !== undefined) {
          await privateRoom.inTurn(() => this.#lookInTurn(privateRoom));
        }
      }
    } catch (error) {
      this.#deps.log.log("warn", "Soft-failed events could not be looked at again.", {
        room: roomId,
        error,
      });
    }
    const restMs = Math.min((clock.monotonic() - begun) * SHARE, REST_MAX_MS);
    if (restMs > PAUSE_MS) this.#rests.set(roomId, clock.monotonic() + restMs);
    else this.#rests.delete(roomId);
    if (this.#rests.size <= ROOMS_MAX) return;
    const [oldest] = this.#rests.keys();
    if (oldest !== undefined) this.#rests.delete(oldest);
  }

  async #lookInTurn(room: InboundRoom): Promise<void> {
    const found = await room.softFailed({
      sinceTs: this.#sinceTs,
      limit: limits.receive.maxSoftFailedPerRoom,
    });
    if (found.length === 0) return;
    const turn = new RoomTurn(room);
    await turn.prepare(found.map(({ event }) => event));
    // The oldest first: a later one may rest on it.
    for (const [at, known] of [...found].reverse().entries()) {
      await this.#look(turn, known);
      // A thousand in one go would keep everybody of this server waiting, in all rooms.
      if ((at + 1) % SLICE === 0) await this.#pauseBriefly();
    }
    if (!turn.isEmpty) await room.store(turn.result);
    if (turn.endMoved) this.wake(room.id);
  }

  async #pauseBriefly(): Promise<void> {
    await this.#deps.clock.sleep(0, this.#ending.signal).catch(() => undefined);
  }

  async #look(turn: RoomTurn, { event }: Known): Promise<void> {
    // One that passed before it may have made it count already.
    if (turn.known(event.id)?.outcome !== "soft_failed") return;
    const before = await stateBefore(turn, event);
    if (before === undefined) return;
    // What fails whoever signed it costs no verification: a room may hold a thousand such.
    const whoever = await judgePresent(this.#deps, turn, { event, before, signedBy: [] });
    if (!whoever.ok) return this.#lookLater(event, whoever);
    const held = this.#deps.keys;
    const [signature] = await verify(
      { ...this.#deps, keys: { find: (names) => held.find(names), obtain: (n) => held.find(n) } },
      [event],
      { origin: serverOf(event.pdu.sender), proofs: [] },
    );
    if (signature?.kind !== "valid") return;
    const verdict = await judgePresent(this.#deps, turn, { event, before, signedBy: signature.by });
    if (verdict.ok) await this.#pass(turn, event);
  }

  /** Time alone lets what is dated ahead pass. */
  #lookLater(event: Known["event"], { rule }: Refusal): void {
    if (rule !== "now.future") return;
    const earlyMs = event.pdu.origin_ts - limits.receive.maxFutureMs - this.#deps.clock.now();
    this.#schedule(event.roomId, Math.min(Math.max(earlyMs, PAUSE_MS), CLOCK_LOOK_MS));
  }

  async #pass(turn: RoomTurn, event: Known["event"]): Promise<void> {
    if (isTimelineEvent(event)) {
      const order = turn.known(event.id)?.order ?? event.pdu.origin_ts;
      const isNamed = await isNamedLater(turn, event, order);
      const coverings = await coveringsOf(turn, event, { counts: true });
      turn.change(event.id, { outcome: "accepted" });
      for (const { target, by } of coverings) turn.cover(target, by);
      beginToShow(turn, event, { order, isNamed });
    } else if (isControlEvent(event)) {
      const counting = await countFrom(turn, event, await turn.room.graph.stateAfter(event.id));
      turn.change(event.id, { outcome: "accepted" });
      counting();
    }
  }
}

/** Whether an accepted event names it as a parent, so that it is no end of its channel. */
async function isNamedLater(
  turn: RoomTurn,
  event: TimelineEvent,
  order: number,
): Promise<boolean> {
  const later = await turn.timelineFrom(event.pdu.channel_id, order + 1, LATER_MAX);
  return later.events.some((known) =>
    known.outcome === "accepted" && known.event.pdu.prev_events.includes(event.id)
  );
}
