import { RINGING, type RungPerson } from "../../../core/api/ringing.ts";
import type { User } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { VoiceBoard } from "../../http/gateway/voice_board.ts";
import type { Call } from "./call.ts";

/** Somebody who is called. */
export interface Called {
  readonly userId: UserId;
  /** False: it looks so to those in the call, and nobody is rung (blocked). */
  readonly heard: boolean;
}

interface Ring extends Called {
  readonly by: User;
  /** Monotonic. */
  readonly untilMs: number;
  state: RungPerson["state"];
}

/** Called with whom a call was missed by. */
export type OnMissed = (call: Call, missed: readonly Pick<Ring, "userId" | "by">[]) => void;

export interface RingsDeps {
  readonly board: Pick<VoiceBoard, "ring" | "ringEnded" | "tellSession">;
  readonly clock: Clock;
  readonly missed: OnMissed;
}

/**
 * Who is being rung for which call of a conversation, in memory as the calls are. It ends for all
 * devices of somebody at once: answered, declined, after `RINGING.ringMs`, or with the call.
 */
export class Rings {
  readonly #deps: RingsDeps;
  readonly #byCall = new Map<Call, Map<UserId, Ring>>();

  constructor(deps: RingsDeps) {
    this.#deps = deps;
  }

  /** Rings those who are not being rung already. */
  start(call: Call, by: User, called: readonly Called[]): RungPerson[] {
    const rings = this.#byCall.get(call) ?? new Map<UserId, Ring>();
    this.#byCall.set(call, rings);
    const untilMs = this.#deps.clock.monotonic() + RINGING.ringMs;
    for (const each of called) {
      if (rings.get(each.userId)?.state === "ringing") continue;
      rings.set(each.userId, { ...each, by, untilMs, state: "ringing" });
      if (each.heard) this.#deps.board.ring(each.userId, call, { by, untilMs });
    }
    this.#tell(call);
    return [...rings.values()].map(view);
  }

  /** Somebody came into the call, who may have been rung. */
  entered(call: Call, userId: UserId): void {
    const rings = this.#byCall.get(call);
    const ring = rings?.get(userId);
    if (ring?.state === "ringing" && ring.heard) {
      this.#deps.board.ringEnded(userId, call, "accepted");
    }
    rings?.delete(userId);
    // Whoever is in the call hears of it all, and so does who comes.
    if (rings !== undefined) this.#tell(call);
  }

  decline(call: Call, userId: UserId): void {
    const ring = this.#byCall.get(call)?.get(userId);
    if (ring?.state !== "ringing" || !ring.heard) return;
    ring.state = "declined";
    this.#deps.board.ringEnded(userId, call, "declined");
    this.#tell(call);
  }

  /** Whom `stays` does not name any more is not rung any longer. */
  keep(call: Call, stays: (userId: UserId) => boolean): void {
    const rings = this.#byCall.get(call);
    if (rings === undefined) return;
    const gone = [...rings.values()].filter(({ userId }) => !stays(userId));
    for (const { userId, state, heard } of gone) {
      rings.delete(userId);
      if (state === "ringing" && heard) this.#deps.board.ringEnded(userId, call, "missed");
    }
    if (gone.length > 0) this.#tell(call);
  }

  /** The call is over: whoever is still rung has missed it. */
  over(call: Call): void {
    const rings = this.#byCall.get(call);
    if (rings === undefined) return;
    this.#miss(call, [...rings.values()]);
    this.#byCall.delete(call);
  }

  tick(): void {
    const nowMs = this.#deps.clock.monotonic();
    for (const [call, rings] of this.#byCall) {
      const late = [...rings.values()].filter(({ untilMs }) => untilMs <= nowMs);
      if (this.#miss(call, late)) this.#tell(call);
    }
  }

  #miss(call: Call, rings: readonly Ring[]): boolean {
    const ringing = rings.filter(({ state }) => state === "ringing");
    for (const ring of ringing) {
      ring.state = "missed";
      if (ring.heard) this.#deps.board.ringEnded(ring.userId, call, "missed");
    }
    const missed = ringing.filter(({ heard }) => heard);
    if (missed.length > 0) this.#deps.missed(call, missed);
    return ringing.length > 0;
  }

  #tell(call: Call): void {
    const people = [...this.#byCall.get(call)?.values() ?? []].map(view);
    const { roomId: room_id, channelId: channel_id } = call;
    for (const { session, sessionId } of call.participants.values()) {
      const d = { room_id, channel_id, session, people };
      this.#deps.board.tellSession(sessionId, "voice.ringing", d);
    }
  }
}

function view({ userId, state }: Ring): RungPerson {
  return { user_id: userId, state };
}
