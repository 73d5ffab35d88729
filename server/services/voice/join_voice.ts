import type { VoiceSession } from "../../../core/api/voice.ts";
import { base64Of, equalBytes } from "../../../core/e2ee/bytes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Caller } from "../../http/caller.ts";
import { requireRight } from "../chat/place.ts";
import { bytesOf, ownerOf } from "../e2ee/bundle.ts";
import { policy, readMls } from "../e2ee/group_refusals.ts";
import { deviceKey, type RegisteredDevice, requireOwnDevice } from "../e2ee/registered_devices.ts";
import type { GroupMember } from "./call_places.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { readMarks } from "./marks.ts";
import { addressShown, nobodyThere, voiceAbsent } from "./refusals.ts";
import { putMissedAway } from "./ring_people.ts";
import type { JoinInput } from "./calls_elsewhere.ts";
import type { JoinDeps } from "./join_deps.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import { findVoicePlace, homeOf, soundOf, type VoicePlace } from "./voice_place.ts";
import { mlsChecks } from "../e2ee/mls_parts.ts";

/**
 * Joins the call of a voice channel or of a conversation, which begins with whoever comes first;
 * one that another server holds through that server.
 * @throws OperationError `forbidden`, `not_found`, `invalid`, `conflict`, `policy`, `voice_full`,
 * `voice_unavailable`, `rate_limited`
 */
export async function joinVoice(
  deps: JoinDeps,
  caller: Caller,
  input: JoinInput,
): Promise<VoiceSession> {
  const { userId, sessionId } = caller;
  const place = await findVoicePlace(deps, userId, input);
  const home = homeOf(place.room);
  if (home !== deps.serverName) {
    requireRight(place.rights, "CONNECT", "join this voice channel");
    if (!await deps.claimCalls()) throw voiceAbsent("other_process");
    requireCompany(place.room);
    if (!input.addressTo.includes(home)) throw addressShown(home);
    await takeTurn(deps, userId);
    const device = await requireOwnDevice(deps.sql, caller);
    const stay = await deps.elsewhere.join({ place, home, sessionId, device, input });
    if (isConversation(place.room)) await putMissedAway(deps, userId, place.room.id);
    return stay;
  }
  await requireEntrance(deps, userId, place);
  await takeTurn(deps, userId);
  const device = await requireOwnDevice(deps.sql, caller);
  const keyPackage = await readPackage(deps, device, input.keyPackage);
  return await enterCall(deps, { ...input, place, sessionId, device, keyPackage });
}

/** Joining costs much, and is counted wherever the call is. @throws OperationError `rate_limited` */
export async function takeTurn(deps: Pick<VoiceDeps, "throttle">, userId: UserId): Promise<void> {
  await deps.throttle.take("calls joined", [{ policy: "voiceJoin", who: userId }]);
}

/**
 * Whether somebody may come into a call of this server now, and finds a place there.
 * @throws OperationError `forbidden`, `voice_full`, `voice_unavailable`
 */
export async function requireEntrance(
  deps: JoinDeps,
  userId: UserId,
  { room, channelId, rights }: VoicePlace,
): Promise<void> {
  deps.calls.requireOffered();
  requireCompany(room);
  requireRight(rights, "CONNECT", "join this voice channel");
  if (!await deps.claimCalls()) throw voiceAbsent("other_process");
  const userLimit = ownLimit(room, { channelId, rights });
  deps.calls.requirePlace({ roomId: room.id, channelId }, { userId, userLimit });
}

/** @throws OperationError `conflict` in a conversation that nobody else is in */
function requireCompany(room: VoicePlace["room"]): void {
  if (isConversation(room) && room.authority.joinedUsers().size < 2) throw nobodyThere();
}

/** Whoever moves people about finds a place beside them. */
function ownLimit(
  room: VoicePlace["room"],
  { channelId, rights }: Pick<VoicePlace, "channelId" | "rights">,
): number {
  return holds(rights, "MOVE_MEMBERS") ? 0 : soundOf(room, channelId).userLimit;
}

/** Takes somebody in whose entrance was judged. @throws OperationError `voice_full`, `voice_unavailable` */
export async function enterCall(
  deps: JoinDeps,
  entering: {
    readonly place: VoicePlace;
    readonly sessionId: string;
    readonly device: RegisteredDevice;
    readonly keyPackage: GroupMember["keyPackage"];
    readonly muted: boolean;
    readonly deafened: boolean;
  },
): Promise<VoiceSession> {
  const { place: { room, channelId, rights }, sessionId, device, keyPackage } = entering;
  const userId = device.user;
  const marks = await readMarks(deps.sql, { guildId: room.id, userId });
  const user = await deps.users.get(userId);
  await deps.calls.open();
  const participant = deps.calls.enter({ roomId: room.id, channelId }, {
    userId,
    sessionId,
    device,
    user,
    marks,
    keyPackage,
    bitrate: soundOf(room, channelId).bitrate,
    muted: entering.muted,
    deafened: entering.deafened,
    maySpeak: holds(rights, "SPEAK"),
    mayPrioritize: holds(rights, "PRIORITY_SPEAKER"),
    mayShow: holds(rights, "VIDEO"),
    userLimit: ownLimit(room, { channelId, rights }),
  });
  // A user is in one call at a time, wherever it is.
  deps.elsewhere.end(userId, "elsewhere");
  // What was taken away while this was read is taken away now.
  deps.watch.look(participant.call);
  if (isConversation(room)) await putMissedAway(deps, userId, room.id);
  return deps.calls.view(participant);
}

/** @throws OperationError `invalid`, `policy` */
export async function readPackage(
  deps: Pick<VoiceDeps, "clock">,
  device: RegisteredDevice,
  text: string,
): Promise<GroupMember["keyPackage"]> {
  const facts = await readMls(
    "key_package",
    async () => (await mlsChecks()).checkKeyPackage(bytesOf(text)),
  );
  const owner = ownerOf(facts.credential);
  const isOwn = owner !== undefined && deviceKey(owner) === deviceKey(device) &&
    equalBytes(facts.signatureKey, device.signatureKey);
  if (!isOwn) throw policy("unfit", "The key package is of another device than this session is.");
  if (facts.notAfterMs <= deps.clock.now()) {
    throw policy("unfit", "The key package has expired: make one for this call.");
  }
  return { text, ref: base64Of(facts.ref) };
}
