import type { VoiceSession } from "../../../core/api/voice.ts";
import { base64Of, equalBytes } from "../../../core/e2ee/bytes.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { checkKeyPackage } from "../../../core/mls/bundle.ts";
import type { Caller } from "../../http/caller.ts";
import { requireRight } from "../chat/place.ts";
import { bytesOf, ownerOf } from "../e2ee/bundle.ts";
import { policy, readMls } from "../e2ee/group_refusals.ts";
import { deviceKey, type RegisteredDevice, requireOwnDevice } from "../e2ee/registered_devices.ts";
import type { GroupMember } from "./call_places.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { readMarks } from "./marks.ts";
import { nobodyThere, voiceAbsent } from "./refusals.ts";
import { putMissedAway } from "./ring_people.ts";
import type { JoinDeps } from "./join_deps.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import { openVoicePlace, soundOf } from "./voice_place.ts";

export interface JoinInput {
  readonly roomId: string;
  readonly channelId: string;
  readonly muted: boolean;
  readonly deafened: boolean;
  /** Unpadded base64. */
  readonly keyPackage: string;
}

/**
 * Joins the call of a voice channel or of a conversation, which begins with whoever comes first.
 * @throws OperationError `forbidden`, `not_found`, `invalid`, `conflict`, `policy`, `voice_full`,
 * `voice_unavailable`, `rate_limited`
 */
export async function joinVoice(
  deps: JoinDeps,
  caller: Caller,
  input: JoinInput,
): Promise<VoiceSession> {
  const { room, channelId, rights } = await openVoicePlace(deps, caller.userId, input);
  deps.calls.requireOffered();
  if (isConversation(room) && room.authority.joinedUsers().size < 2) throw nobodyThere();
  requireRight(rights, "CONNECT", "join this voice channel");
  if (!await deps.claimCalls()) throw voiceAbsent("other_process");
  const ref = { roomId: room.id, channelId };
  const { userId, sessionId } = caller;
  const { userLimit, bitrate } = soundOf(room, channelId);
  // Whoever moves people about finds a place beside them.
  const ownLimit = holds(rights, "MOVE_MEMBERS") ? 0 : userLimit;
  deps.calls.requirePlace(ref, { userId, userLimit: ownLimit });
  await deps.throttle.take("calls joined", [{ policy: "voiceJoin", who: userId }]);
  const device = await requireOwnDevice(deps.sql, caller);
  const keyPackage = await readPackage(deps, device, input.keyPackage);
  const marks = await readMarks(deps.sql, { guildId: room.id, userId });
  const user = await deps.users.get(userId);
  const participant = deps.calls.enter(ref, {
    userId,
    sessionId,
    device,
    user,
    marks,
    keyPackage,
    bitrate,
    muted: input.muted,
    deafened: input.deafened,
    maySpeak: holds(rights, "SPEAK"),
    userLimit: ownLimit,
  });
  // What was taken away while this was read is taken away now.
  deps.watch.look(participant.call);
  if (isConversation(room)) await putMissedAway(deps, userId, room.id);
  return deps.calls.view(participant);
}

/** @throws OperationError `invalid`, `policy` */
async function readPackage(
  deps: Pick<VoiceDeps, "clock">,
  device: RegisteredDevice,
  text: string,
): Promise<GroupMember["keyPackage"]> {
  const facts = await readMls("key_package", () => checkKeyPackage(bytesOf(text)));
  const owner = ownerOf(facts.credential);
  const isOwn = owner !== undefined && deviceKey(owner) === deviceKey(device) &&
    equalBytes(facts.signatureKey, device.signatureKey);
  if (!isOwn) throw policy("unfit", "The key package is of another device than this session is.");
  if (facts.notAfterMs <= deps.clock.now()) {
    throw policy("unfit", "The key package has expired: make one for this call.");
  }
  return { text, ref: base64Of(facts.ref) };
}
