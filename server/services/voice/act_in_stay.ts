import type { VoiceAct } from "../../../core/api/federation/voice.ts";
import type { ActAnswer, OwnStay } from "./calls_elsewhere.ts";
import {
  answerOffer,
  changeStay,
  commitToGroup,
  foundGroup,
  getStay,
  leaveStay,
  readyForEpoch,
  restartStay,
} from "./own_stay.ts";
import type { VoiceDeps } from "./voice_deps.ts";

const NOTHING: ActAnswer = { stay: undefined, participant: undefined, epoch: undefined };

type Deps = Pick<VoiceDeps, "calls" | "throttle">;

/**
 * What a device does in its stay, here or on the server that holds the call.
 * @throws OperationError `not_found`, `voice_unavailable`, and as the functions of `own_stay.ts`
 */
export async function actInStay(
  deps: Deps & Pick<VoiceDeps, "elsewhere">,
  own: OwnStay,
  act: VoiceAct,
): Promise<ActAnswer> {
  return deps.elsewhere.holds(own)
    ? await deps.elsewhere.act(own, act)
    : await actHere(deps, own, act);
}

/** The same in a call of this server. */
export async function actHere(deps: Deps, own: OwnStay, act: VoiceAct): Promise<ActAnswer> {
  switch (act.kind) {
    case "view":
      return { ...NOTHING, stay: getStay(deps, own, act.after_epoch ?? undefined) };
    case "answer":
      answerOffer(deps, own, act);
      return NOTHING;
    case "restart":
      await restartStay(deps, own);
      return NOTHING;
    case "update":
      return { ...NOTHING, participant: changeStay(deps, own, act) };
    case "leave":
      leaveStay(deps, own);
      return NOTHING;
    case "found":
      return { ...NOTHING, epoch: await foundGroup(deps, own, act) };
    case "commit":
      return { ...NOTHING, epoch: await commitToGroup(deps, own, act) };
    case "ready":
      readyForEpoch(deps, own, act.epoch);
      return NOTHING;
  }
}

/** What an act of this kind is always answered with. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("An act in a call was answered without its result.");
  return value;
}
