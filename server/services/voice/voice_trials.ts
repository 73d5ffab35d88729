import { VOICE_LIMITS, type VoiceOffer } from "../../../core/api/voice.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { Seat } from "../../../voice/sfu/sfu.ts";
import type { Caller } from "../../http/caller.ts";
import { viewOffer } from "./calls.ts";
import { answerSeat } from "./own_stay.ts";
import { noPlaceToTry, noSuchTrial, voiceAbsent } from "./refusals.ts";
import type { JoinDeps } from "./join_deps.ts";

interface Trial {
  readonly id: string;
  readonly seat: Seat;
}

type Deps = Pick<JoinDeps, "calls" | "claimCalls" | "rng" | "throttle">;

/**
 * Connections by which browsers find out whether they reach this server's voice. Nobody is in a call
 * by them, hears or is heard. They end with the browser's connection; of too many the oldest ends.
 */
export class VoiceTrials {
  /** By signed-in session: each has one. */
  readonly #trials = new Map<string, Trial>();

  /** @throws OperationError `rate_limited`, `voice_unavailable` */
  async begin(
    deps: Deps,
    { userId, sessionId }: Pick<Caller, "userId" | "sessionId">,
  ): Promise<{ readonly trial: string; readonly offer: VoiceOffer }> {
    deps.calls.requireOffered();
    await deps.throttle.take("tests of voice", [{ policy: "voiceJoin", who: userId }]);
    if (!await deps.claimCalls()) throw voiceAbsent("other_process");
    const sfu = await deps.calls.open();
    this.#end(sessionId);
    const id = encodeBase58Of16(deps.rng.bytes(16));
    const seat = sfu.join({
      call: `trial ${id}`,
      participant: id,
      speak: false,
      hear: false,
      bitrate: VOICE_LIMITS.minBitrate,
    });
    if (seat === undefined) throw noPlaceToTry();
    this.#trials.set(sessionId, { id, seat });
    seat.onState((state) => {
      const isOver = state === "failed" || state === "gone";
      if (isOver && this.#trials.get(sessionId)?.id === id) this.#trials.delete(sessionId);
    });
    for (const old of [...this.#trials.keys()].slice(0, -VOICE_LIMITS.trials)) this.#end(old);
    return { trial: id, offer: viewOffer(seat.offer) };
  }

  /** @throws OperationError `not_found`, `invalid`, `conflict` */
  answer(
    { sessionId }: Pick<Caller, "sessionId">,
    { trial, seq, sdp }: { readonly trial: string; readonly seq: number; readonly sdp: string },
  ): void {
    const held = this.#trials.get(sessionId);
    if (held?.id !== trial) throw noSuchTrial();
    answerSeat(held.seat, { seq, sdp });
  }

  #end(sessionId: string): void {
    const trial = this.#trials.get(sessionId);
    this.#trials.delete(sessionId);
    trial?.seat.leave();
  }
}
