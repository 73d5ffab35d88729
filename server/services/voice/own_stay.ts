import type { VoiceAct } from "../../../core/api/federation/voice.ts";
import type { VoiceParticipant, VoiceSession } from "../../../core/api/voice.ts";
import type { Seat } from "../../../voice/sfu/sfu.ts";
import { OperationError } from "../../../core/errors.ts";
import { bytesOf } from "../e2ee/bundle.ts";
import { viewParticipant } from "./call.ts";
import type { OwnStay } from "./calls_elsewhere.ts";
import type { VoiceDeps } from "./voice_deps.ts";

type Deps = Pick<VoiceDeps, "calls">;

/** @throws OperationError `not_found` */
export function getStay(deps: Deps, own: OwnStay, afterEpoch: number | undefined): VoiceSession {
  return deps.calls.view(deps.calls.own(own.caller, own.session), afterEpoch);
}

/** @throws OperationError `not_found`, `invalid`, `conflict` where another offer is the last */
export function answerOffer(
  deps: Deps,
  own: OwnStay,
  answer: { readonly seq: number; readonly sdp: string },
): void {
  answerSeat(deps.calls.own(own.caller, own.session).seat, answer);
}

/** @throws OperationError `invalid`, `conflict` where another offer is the last */
export function answerSeat(
  seat: Seat,
  { seq, sdp }: { readonly seq: number; readonly sdp: string },
): void {
  if (seq !== seat.offer.seq) {
    throw new OperationError(
      "conflict",
      `This answers offer ${seq}; the last one is ${seat.offer.seq}: answer that.`,
      { details: { seq: seat.offer.seq } },
    );
  }
  const result = seat.answer(seq, sdp);
  if (result.ok) return;
  throw new OperationError("invalid", `The answer cannot be used: ${result.reason}.`, {
    details: { field: "sdp" },
  });
}

/** @throws OperationError `not_found`, `rate_limited` */
export async function restartStay(
  deps: Pick<VoiceDeps, "calls" | "throttle">,
  own: OwnStay,
): Promise<void> {
  const { userId } = deps.calls.own(own.caller, own.session);
  await deps.throttle.take("restarts of calls", [{ policy: "voiceJoin", who: userId }]);
  deps.calls.own(own.caller, own.session).seat.restart();
}

type OwnChange = Omit<Extract<VoiceAct, { kind: "update" }>, "kind">;

/**
 * Mutes or deafens oneself, speaks with priority, shows and watches, says that one records.
 * @throws OperationError `not_found`, `forbidden`, `voice_full`, `voice_unavailable`
 */
export function changeStay(
  deps: Deps,
  own: OwnStay,
  { muted, deafened, priority, recording, shows, watches }: OwnChange,
): VoiceParticipant {
  const participant = deps.calls.own(own.caller, own.session);
  if (priority === true && !participant.mayPrioritize) {
    throw new OperationError(
      "forbidden",
      "To speak with priority, you need the right PRIORITY_SPEAKER in this channel.",
      { details: { right: "PRIORITY_SPEAKER" } },
    );
  }
  if (recording === true && !participant.user.bot) {
    throw new OperationError("forbidden", "Only a bot can say that it records a call.");
  }
  if (shows !== undefined && shows.length > 0) {
    if (!participant.mayShow) {
      throw new OperationError(
        "forbidden",
        "To show a screen or camera, you need the right VIDEO in this channel.",
        { details: { right: "VIDEO" } },
      );
    }
    deps.calls.requireRoomToShow(participant, new Set(shows).size);
  }
  deps.calls.change(participant, {
    ...(muted === undefined ? {} : { muted }),
    ...(deafened === undefined ? {} : { deafened }),
    ...(priority === undefined ? {} : { priority }),
    ...(recording === undefined ? {} : { recording }),
    ...(shows === undefined ? {} : { shows: [...new Set(shows)] }),
    ...(watches === undefined ? {} : { watches }),
  });
  return viewParticipant(participant);
}

/** Leaves; whoever has left already has nothing to do. */
export function leaveStay(deps: Deps, own: OwnStay): void {
  const participant = deps.calls.ofUser(own.caller.userId);
  if (participant?.session === own.session && participant.sessionId === own.caller.sessionId) {
    deps.calls.end(participant, "left");
  }
}

/** @throws OperationError `not_found`, `stale_epoch`, `roster_mismatch`, `policy`, `invalid` */
export async function foundGroup(
  deps: Deps,
  own: OwnStay,
  input: { readonly group_id: string; readonly group_info: string },
): Promise<number> {
  const { call, session } = deps.calls.own(own.caller, own.session);
  const groupInfo = bytesOf(input.group_info);
  return await call.group.found(session, { groupId: input.group_id, groupInfo });
}

/** @throws OperationError as `foundGroup`, and `rate_limited` */
export async function commitToGroup(
  deps: Deps,
  own: OwnStay,
  input: {
    readonly base_epoch: number;
    readonly commit: string;
    readonly welcome?: string | undefined;
    readonly group_info: string;
    readonly external: boolean;
  },
): Promise<number> {
  const { call, session } = deps.calls.own(own.caller, own.session);
  return await call.group.commit({
    session,
    baseEpoch: input.base_epoch,
    external: input.external,
    bundle: {
      commit: bytesOf(input.commit),
      groupInfo: bytesOf(input.group_info),
      ...(input.welcome === undefined ? {} : { welcome: bytesOf(input.welcome) }),
    },
  });
}

/** @throws OperationError `not_found` */
export function readyForEpoch(deps: Deps, own: OwnStay, epoch: number): void {
  const { call, session } = deps.calls.own(own.caller, own.session);
  call.group.ready(session, epoch);
}
