import {
  answerVoice,
  answerVoiceTrial,
  commitVoiceGroup,
  foundVoiceGroup,
  getVoiceSession,
  joinVoice as joinOperation,
  leaveVoice,
  moderateVoice as moderateOperation,
  readyVoiceGroup,
  restartVoice,
  tryVoice,
  updateVoice,
  VOICE_LIMITS,
} from "../../../../core/api/voice.ts";
import { declineVoice, forgetMissedCall, ringVoice } from "../../../../core/api/ringing.ts";
import { joinVoice } from "../../../services/voice/join_voice.ts";
import { moderateVoice } from "../../../services/voice/moderate_voice.ts";
import { actInStay, required } from "../../../services/voice/act_in_stay.ts";
import { declineCall, putMissedAway, ringPeople } from "../../../services/voice/ring_people.ts";
import { VoiceTrials } from "../../../services/voice/voice_trials.ts";
import type { JoinDeps } from "../../../services/voice/join_deps.ts";
import { type Route, route } from "../../route.ts";

export type VoiceRouteDeps = JoinDeps;

/** Commit, Welcome and group information in base64, and what is around them. */
const GROUP_BODY_BYTES = 3 * Math.ceil(VOICE_LIMITS.groupBytes * 4 / 3) + 1024;
/** Characters of an answer, each of which may be escaped. */
const ANSWER_BODY_BYTES = 2 * VOICE_LIMITS.sdpChars + 1024;

/** Calls of voice channels: joining, what a stay in one needs, and what moderators do. */
export function voiceRoutes(deps: VoiceRouteDeps): Route[] {
  return [
    route(joinOperation, ({ caller, params, body }) =>
      joinVoice(deps, caller, {
        roomId: params.room_id,
        channelId: params.channel_id,
        muted: body.muted,
        deafened: body.deafened,
        keyPackage: body.key_package,
        addressTo: body.address_to,
      })),
    route(moderateOperation, async ({ caller, params, body }) => ({
      participant: await moderateVoice(deps, caller.userId, {
        roomId: params.room_id,
        channelId: params.channel_id,
        userId: params.user_id,
        wanted: body,
      }),
    })),
    ...trialRoutes(deps),
    ...ringRoutes(deps),
    ...stayRoutes(deps),
    ...groupRoutes(deps),
  ];
}

function trialRoutes(deps: VoiceRouteDeps): Route[] {
  const trials = new VoiceTrials();
  return [
    route(tryVoice, ({ caller }) => trials.begin(deps, caller)),
    route(answerVoiceTrial, ({ caller, params, body }) => {
      trials.answer(caller, { ...params, ...body });
      return Promise.resolve({});
    }, { bodyBytes: ANSWER_BODY_BYTES }),
  ];
}

function ringRoutes(deps: VoiceRouteDeps): Route[] {
  const where = (params: { readonly room_id: string; readonly channel_id: string }) => ({
    roomId: params.room_id,
    channelId: params.channel_id,
  });
  return [
    route(ringVoice, async ({ caller, params }) => ({
      people: await ringPeople(deps, caller, where(params)),
    })),
    route(declineVoice, async ({ caller, params }) => {
      await declineCall(deps, caller, where(params));
      return {};
    }),
    route(forgetMissedCall, async ({ caller, params }) => {
      await putMissedAway(deps, caller.userId, params.room_id);
      return {};
    }),
  ];
}

function stayRoutes(deps: VoiceRouteDeps): Route[] {
  return [
    route(getVoiceSession, async ({ caller, params, query }) => {
      const act = { kind: "view", after_epoch: query.after_epoch ?? null } as const;
      return required((await actInStay(deps, { caller, ...params }, act)).stay);
    }),
    route(answerVoice, async ({ caller, params, body }) => {
      await actInStay(deps, { caller, ...params }, { kind: "answer", ...body });
      return {};
    }, { bodyBytes: ANSWER_BODY_BYTES }),
    route(restartVoice, async ({ caller, params }) => {
      await actInStay(deps, { caller, ...params }, { kind: "restart" });
      return {};
    }),
    route(updateVoice, async ({ caller, params, body }) => {
      const act = { kind: "update", ...body } as const;
      return required((await actInStay(deps, { caller, ...params }, act)).participant);
    }),
    route(leaveVoice, async ({ caller, params }) => {
      await actInStay(deps, { caller, ...params }, { kind: "leave" });
      return {};
    }),
  ];
}

function groupRoutes(deps: VoiceRouteDeps): Route[] {
  return [
    route(foundVoiceGroup, async ({ caller, params, body }) => {
      const act = { kind: "found", ...body } as const;
      return { epoch: required((await actInStay(deps, { caller, ...params }, act)).epoch) };
    }, { bodyBytes: GROUP_BODY_BYTES }),
    route(commitVoiceGroup, async ({ caller, params, body }) => {
      const act = { kind: "commit", ...body } as const;
      return { epoch: required((await actInStay(deps, { caller, ...params }, act)).epoch) };
    }, { bodyBytes: GROUP_BODY_BYTES }),
    route(readyVoiceGroup, async ({ caller, params, body }) => {
      await actInStay(deps, { caller, ...params }, { kind: "ready", ...body });
      return {};
    }),
  ];
}
