import type { RungPerson } from "../../../core/api/ringing.ts";
import { OperationError } from "../../../core/errors.ts";
import { isServerAllowed } from "../../../core/auth/server_acl.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import { bringBack } from "../dms/closed_dms.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import type { JoinDeps } from "./join_deps.ts";
import { forgetMissed, listMissed, type Missed, noteMissed } from "./missed_calls.ts";
import { voiceAbsent } from "./refusals.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import { findVoicePlace, homeOf, type VoicePlace } from "./voice_place.ts";

interface Where {
  readonly roomId: string;
  readonly channelId: string;
}

/**
 * Rings the others of a conversation, whoever of them is not in its call. Who has blocked the
 * caller hears nothing of it, which looks to the caller as if nobody answered.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `conflict`, `rate_limited`,
 * `voice_unavailable`
 */
export async function ringPeople(
  deps: JoinDeps,
  { userId }: Caller,
  where: Where,
): Promise<RungPerson[]> {
  const place = await openConversation(deps, userId, where);
  const { room } = place;
  const home = homeOf(room);
  const isHere = home === deps.serverName;
  requireInCall(isHere ? deps.calls.ofUser(userId)?.call : deps.elsewhere.stayOf(userId), where);
  const others = [...room.authority.joinedUsers()].filter((other) => other !== userId);
  const refused = await blockedBy(deps.sql, userId);
  const [only] = room.authority.room.kind === "dm" ? others : [];
  if (only !== undefined && refused.has(only)) {
    throw new OperationError("forbidden", `You have blocked ${only}: lift the block first.`);
  }
  const users = others.filter((other) => !refused.has(other));
  if (isHere) return await ringHere(deps, { place, by: userId, users });
  await takeRing(deps, userId, room.id);
  return await deps.elsewhere.ring({ place, home, by: userId, users });
}

/**
 * The same in a call of this server, of those whom `users` names; `by` may be another server's.
 * @throws OperationError `conflict`, `rate_limited`
 */
export async function ringHere(
  deps: JoinDeps,
  { place: { room, channelId }, by, users }: {
    readonly place: VoicePlace;
    readonly by: UserId;
    readonly users: readonly UserId[];
  },
): Promise<RungPerson[]> {
  const where = { roomId: room.id, channelId };
  const callOf = () => requireInCall(deps.calls.ofUser(by)?.call, where);
  const inside = new Set([...callOf().participants.values()].map(({ userId }) => userId));
  const called = users.filter((user) => !inside.has(user) && room.authority.isJoined(user));
  await takeRing(deps, by, room.id);
  const deaf = await deafTo(deps, { by, room, called });
  for (const other of called) {
    if (!deaf.has(other)) await showAgain(deps, other, room.id);
  }
  const user = await deps.users.get(by);
  // Who hung up meanwhile rings nobody.
  return deps.calls.rings.start(
    callOf(),
    user,
    called.map((other) => ({ userId: other, heard: !deaf.has(other) })),
  );
}

async function takeRing(
  { throttle }: Pick<JoinDeps, "throttle">,
  by: UserId,
  roomId: RoomId,
): Promise<void> {
  await throttle.take("calls that ring", [
    { policy: "voiceRing", who: by },
    { policy: "voiceRingRoom", who: `${by} ${roomId}` },
  ]);
}

/** Who is not to hear it: whoever has blocked the caller, or is of a server that is shut out. */
async function deafTo(
  { sql, serverName }: Pick<JoinDeps, "sql" | "serverName">,
  { by, room, called }: {
    readonly by: UserId;
    readonly room: VoicePlace["room"];
    readonly called: readonly UserId[];
  },
): Promise<ReadonlySet<UserId>> {
  const rows = await sql<{ user_id: UserId }[]>`
    select user_id from relationships
    where other_id = ${by} and blocked and user_id = any(${called})`;
  const shutOut = called.filter((user) => {
    const server = serverOf(user);
    return server !== serverName && !isServerAllowed(room.authority.view, server);
  });
  return new Set([...rows.map((row) => row.user_id), ...shutOut]);
}

/** Whoever put the conversation away sees it again, as with a message. */
export async function showAgain(
  deps: Pick<JoinDeps, "sql" | "announceConversation">,
  userId: UserId,
  roomId: RoomId,
): Promise<void> {
  if (await bringBack(deps.sql, { roomId, userId })) deps.announceConversation(userId, roomId);
}

/** @throws OperationError `not_found`, `voice_unavailable` */
export async function declineCall(
  deps: JoinDeps,
  { userId }: Caller,
  where: Where,
): Promise<void> {
  const place = await openConversation(deps, userId, where);
  const home = homeOf(place.room);
  if (home === deps.serverName) declineHere(deps, place, userId);
  else deps.elsewhere.decline({ place, home, userId });
}

export function declineHere(
  { calls }: Pick<VoiceDeps, "calls">,
  { room, channelId }: VoicePlace,
  userId: UserId,
): void {
  const call = calls.at({ roomId: room.id, channelId });
  if (call !== undefined) calls.rings.decline(call, userId);
}

/** Puts missed calls of a conversation away; where there are none, nothing is told. */
export async function putMissedAway(
  deps: VoiceDeps,
  userId: UserId,
  roomId: string,
): Promise<void> {
  if (await forgetMissed(deps.sql, { userId, roomId })) await tellMissed(deps, userId);
}

/** A call was not answered: it is kept, and told to all devices of who missed it. */
export async function keepMissed(
  deps: VoiceDeps,
  missed: readonly Missed[],
): Promise<void> {
  await noteMissed(deps.sql, missed);
  for (const { userId } of missed) await tellMissed(deps, userId);
}

async function tellMissed(deps: VoiceDeps, userId: UserId): Promise<void> {
  const calls = await listMissed(deps, userId);
  deps.board.tellUsers([userId], "voice.missed", { calls });
}

/** @throws OperationError `not_found`, `invalid`, `voice_unavailable` */
async function openConversation(
  deps: JoinDeps,
  userId: UserId,
  where: Where,
): Promise<VoicePlace> {
  const place = await findVoicePlace(deps, userId, where);
  if (homeOf(place.room) === deps.serverName) deps.calls.requireOffered();
  if (!await deps.claimCalls()) throw voiceAbsent("other_process");
  requireConversation(place.room);
  return place;
}

/** @throws OperationError `invalid` */
export function requireConversation(room: VoicePlace["room"]): void {
  if (isConversation(room)) return;
  throw new OperationError(
    "invalid",
    "Nobody is rung for a voice channel, only in conversations.",
    {
      details: { field: "room_id" },
    },
  );
}

/** @throws OperationError `conflict` unless what the caller is in is there */
function requireInCall<T extends Where>(present: T | undefined, where: Where): T {
  if (present?.roomId === where.roomId && present.channelId === where.channelId) return present;
  throw new OperationError("conflict", "Join the call first: only who is in it rings the others.");
}
