import type { Moderation, VoiceParticipant } from "../../../core/api/voice.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { VoiceRef } from "../../http/gateway/voice_board.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import { requireRight } from "../chat/place.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { requireMember } from "../members/get_member.ts";
import { type Marks, type Participant, viewParticipant } from "./call.ts";
import { readMarks, writeMarks } from "./marks.ts";
import { voiceAbsent } from "./refusals.ts";
import { type VoiceAct, type VoiceAction, writeVoiceAct } from "./voice_acts.ts";
import type { JoinDeps } from "./join_deps.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import {
  findVoicePlace,
  homeOf,
  openVoicePlace,
  soundOf,
  type VoicePlace,
  voiceRights,
} from "./voice_place.ts";

interface Act {
  readonly by: UserId;
  readonly target: UserId;
  readonly place: VoicePlace;
  readonly wanted: Moderation;
}

/**
 * Mutes, deafens, moves or disconnects somebody. Muting and deafening hold in the whole guild
 * until they are lifted, in a call or not; the rest needs somebody in this call.
 * @throws OperationError `forbidden`, `not_found`, `invalid`, `voice_full`
 */
export async function moderateVoice(
  deps: JoinDeps,
  by: UserId,
  input: {
    readonly roomId: string;
    readonly channelId: string;
    readonly userId: string;
    readonly wanted: Moderation;
  },
): Promise<VoiceParticipant | null> {
  const { wanted } = input;
  const place = await findVoicePlace(deps, by, input);
  const home = homeOf(place.room);
  if (home === deps.serverName) deps.calls.requireOffered();
  if (!await deps.claimCalls()) throw voiceAbsent("other_process");
  if (isConversation(place.room)) {
    throw new OperationError("invalid", "Nobody moderates the call of a conversation.");
  }
  const target = requireMember(place.room, input.userId);
  const act: Act = { by, target, place, wanted };
  requireSense(wanted);
  if (home !== deps.serverName) return await deps.elsewhere.moderate({ ...act, home });
  requireMay(act);
  const isRemoval = wanted.move_to !== undefined || wanted.disconnect === true;
  const moveTo = await destination(deps, act);
  if (isRemoval || wanted.stop_showing === true) requireIn(deps, act);
  await mark(deps, act);
  if (wanted.stop_showing === true && !isRemoval) await stopShowing(deps, act);
  if (isRemoval) {
    await writeVoiceAct(deps.sql, {
      ...actBase(deps, act),
      action: moveTo === undefined ? "voice.disconnect" : "voice.move",
      changes: moveTo === undefined ? [] : [{
        field: "channel",
        before: place.channelId,
        after: moveTo.channelId,
      }],
    });
    deps.calls.end(
      requireIn(deps, act),
      moveTo === undefined ? "disconnected" : "moved",
      moveTo,
    );
    return null;
  }
  const participant = deps.calls.ofUser(target);
  return participant?.call.roomId === place.room.id ? viewParticipant(participant) : null;
}

function requireSense(wanted: Moderation): void {
  const { server_muted, server_deafened, move_to, disconnect, stop_showing } = wanted;
  const all = [server_muted, server_deafened, move_to, disconnect, stop_showing];
  const message = all.every((each) => each === undefined)
    ? "Nothing is asked for: name `server_muted`, `server_deafened`, `stop_showing`, `move_to` or `disconnect`."
    : move_to !== undefined && disconnect !== undefined
    ? "Somebody cannot be moved and disconnected at once: choose `move_to` or `disconnect`."
    : undefined;
  if (message !== undefined) throw new OperationError("invalid", message);
}

/** Each act has its right, and nobody acts on who stands as high or higher. */
function requireMay({ by, target, place, wanted }: Act): void {
  const { rights, room: { authority } } = place;
  if (wanted.server_muted !== undefined) {
    requireRight(rights, "MUTE_MEMBERS", "mute others or let them speak again");
  }
  if (wanted.stop_showing !== undefined) {
    requireRight(rights, "MUTE_MEMBERS", "end what others show");
  }
  if (wanted.server_deafened !== undefined) {
    requireRight(rights, "DEAFEN_MEMBERS", "deafen others or let them hear again");
  }
  if (wanted.move_to !== undefined || wanted.disconnect !== undefined) {
    requireRight(rights, "MOVE_MEMBERS", "move or disconnect others");
  }
  if (by === target || authority.rank(target) < authority.rank(by)) return;
  throw new OperationError(
    "forbidden",
    "Their highest role is not below yours, so that you cannot decide about their voice.",
  );
}

function requireIn(deps: Pick<VoiceDeps, "calls">, { target, place }: Act): Participant {
  const participant = deps.calls.ofUser(target);
  const { call } = participant ?? {};
  if (
    participant !== undefined && call?.roomId === place.room.id &&
    call.channelId === place.channelId
  ) return participant;
  throw new OperationError("not_found", "They are not in this voice channel, or not any more.");
}

/** Where somebody is moved to: both must be at home there, and there must be a place. */
async function destination(
  deps: VoiceDeps,
  { by, target, place, wanted: { move_to } }: Act,
): Promise<VoiceRef | undefined> {
  if (move_to === undefined) return undefined;
  const to = await openVoicePlace(deps, by, {
    roomId: move_to.room_id,
    channelId: move_to.channel_id,
  });
  if (to.room.id !== place.room.id || to.channelId === place.channelId) {
    throw new OperationError("invalid", "Name another voice channel of the same guild.", {
      details: { field: "move_to" },
    });
  }
  requireRight(to.rights, "MOVE_MEMBERS", "move others into that channel");
  const ref = { roomId: to.room.id, channelId: to.channelId };
  if (typeof await voiceRights(deps, target, ref) === "string") {
    throw new OperationError("forbidden", "They may not join that channel.", {
      details: { field: "move_to" },
    });
  }
  const rights = to.room.authority.rights(target, to.channelId, deps.clock.now());
  const { userLimit } = soundOf(to.room, to.channelId);
  deps.calls.requirePlace(ref, {
    userId: target,
    userLimit: holds(rights, "MOVE_MEMBERS") ? 0 : userLimit,
  });
  return ref;
}

/** What somebody shows ends at once. They may begin anew: VIDEO is what is taken for good. */
async function stopShowing(deps: VoiceDeps, act: Act): Promise<void> {
  const before = requireIn(deps, act).shows;
  if (before.length === 0) return;
  await writeVoiceAct(deps.sql, {
    ...actBase(deps, act),
    action: "voice.stop_showing",
    changes: [{ field: "shows", before: [...before], after: [] }],
  });
  deps.calls.change(requireIn(deps, act), { shows: [] });
}

/** Mutes and deafens, or lifts it: kept, and true at once in the call that they are in. */
async function mark(deps: VoiceDeps, act: Act): Promise<void> {
  const { wanted: { server_muted, server_deafened }, place: { room }, target } = act;
  if (server_muted === undefined && server_deafened === undefined) return;
  const who = { guildId: room.id, userId: target };
  const marks = await deps.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK_CLASS.voiceMarksOf}, hashtext(${target}))`;
    const before = await readMarks(tx, who);
    const after: Marks = {
      muted: server_muted ?? before.muted,
      deafened: server_deafened ?? before.deafened,
    };
    await writeMarks(tx, who, after);
    for (const [field, action] of MARKS) {
      if (before[field] === after[field]) continue;
      const changes = [{ field, before: before[field], after: after[field] }];
      await writeVoiceAct(tx, { ...actBase(deps, act), action, changes });
    }
    return after;
  });
  const participant = deps.calls.ofUser(target);
  if (participant?.call.roomId === room.id) deps.calls.change(participant, { marks });
}

const MARKS: readonly (readonly [keyof Marks, VoiceAction])[] = [
  ["muted", "voice.mute"],
  ["deafened", "voice.deafen"],
];

function actBase(
  deps: Pick<VoiceDeps, "clock">,
  { by, target, place, wanted }: Act,
): Omit<VoiceAct, "action" | "changes"> {
  return { guildId: place.room.id, ts: deps.clock.now(), by, target, reason: wanted.reason };
}
