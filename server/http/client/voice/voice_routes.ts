import {
  answerVoice,
  commitVoiceGroup,
  foundVoiceGroup,
  getVoiceSession,
  joinVoice as joinOperation,
  leaveVoice,
  moderateVoice as moderateOperation,
  readyVoiceGroup,
  restartVoice,
  updateVoice,
  VOICE_LIMITS,
} from "../../../../core/api/voice.ts";
import { declineVoice, forgetMissedCall, ringVoice } from "../../../../core/api/ringing.ts";
import { joinVoice } from "../../../services/voice/join_voice.ts";
import { moderateVoice } from "../../../services/voice/moderate_voice.ts";
import {
  answerOffer,
  changeStay,
  commitToGroup,
  foundGroup,
  getStay,
  leaveStay,
  readyForEpoch,
  restartStay,
} from "../../../services/voice/own_stay.ts";
import { declineCall, putMissedAway, ringPeople } from "../../../services/voice/ring_people.ts";
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
      })),
    route(moderateOperation, async ({ caller, params, body }) => ({
      participant: await moderateVoice(deps, caller.userId, {
        roomId: params.room_id,
        channelId: params.channel_id,
        userId: params.user_id,
        wanted: body,
      }),
    })),
    ...ringRoutes(deps),
    ...stayRoutes(deps),
    ...groupRoutes(deps),
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
    route(
      getVoiceSession,
      ({ caller, params, query }) =>
        Promise.resolve(getStay(deps, { caller, ...params }, query.after_epoch)),
    ),
    route(answerVoice, ({ caller, params, body }) => {
      answerOffer(deps, { caller, ...params }, body);
      return Promise.resolve({});
    }, { bodyBytes: ANSWER_BODY_BYTES }),
    route(restartVoice, async ({ caller, params }) => {
      await restartStay(deps, { caller, ...params });
      return {};
    }),
    route(
      updateVoice,
      ({ caller, params, body }) => Promise.resolve(changeStay(deps, { caller, ...params }, body)),
    ),
    route(leaveVoice, ({ caller, params }) => {
      leaveStay(deps, { caller, ...params });
      return Promise.resolve({});
    }),
  ];
}

function groupRoutes(deps: VoiceRouteDeps): Route[] {
  return [
    route(foundVoiceGroup, async ({ caller, params, body }) => ({
      epoch: await foundGroup(deps, { caller, ...params }, body),
    }), { bodyBytes: GROUP_BODY_BYTES }),
    route(commitVoiceGroup, async ({ caller, params, body }) => ({
      epoch: await commitToGroup(deps, { caller, ...params }, body),
    }), { bodyBytes: GROUP_BODY_BYTES }),
    route(readyVoiceGroup, ({ caller, params, body }) => {
      readyForEpoch(deps, { caller, ...params }, body.epoch);
      return Promise.resolve({});
    }),
  ];
}
