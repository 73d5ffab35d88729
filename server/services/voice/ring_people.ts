import type { RungPerson } from "../../../core/api/ringing.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import { bringBack } from "../dms/closed_dms.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import type { Call } from "./call.ts";
import type { JoinDeps } from "./join_deps.ts";
import { forgetMissed, listMissed, type Missed, noteMissed } from "./missed_calls.ts";
import { voiceAbsent } from "./refusals.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import { openVoicePlace, type VoicePlace } from "./voice_place.ts";

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
  const { room } = await openConversation(deps, userId, where);
  const call = requireInCall(deps, userId, where);
  const inside = new Set([...call.participants.values()].map((each) => each.userId));
  const others = [...room.authority.joinedUsers()].filter((other) => !inside.has(other));
  const refused = await blockedBy(deps.sql, userId);
  const [only] = room.authority.room.kind === "dm" ? others : [];
  if (only !== undefined && refused.has(only)) {
    throw new OperationError("forbidden", `You have blocked ${only}: lift the block first.`);
  }
  const called = others.filter((other) => !refused.has(other));
  await deps.throttle.take("calls that ring", [
    { policy: "voiceRing", who: userId },
    { policy: "voiceRingRoom", who: `${userId} ${room.id}` },
  ]);
  const deaf = new Set<UserId>(
    (await deps.sql<{ user_id: UserId }[]>`
      select user_id from relationships
      where other_id = ${userId} and blocked and user_id = any(${called})`)
      .map((row) => row.user_id),
  );
  for (const other of called) {
    // Whoever put the conversation away sees it again, as with a message.
    const isBack = !deaf.has(other) &&
      await bringBack(deps.sql, { roomId: room.id, userId: other });
    if (isBack) deps.announceConversation(other, room.id);
  }
  const by = await deps.users.get(userId);
  // Who hung up meanwhile rings nobody.
  requireInCall(deps, userId, where);
  return deps.calls.rings.start(
    call,
    by,
    called.map((other) => ({ userId: other, heard: !deaf.has(other) })),
  );
}

/** @throws OperationError `not_found`, `voice_unavailable` */
export async function declineCall(
  deps: JoinDeps,
  { userId }: Caller,
  where: Where,
): Promise<void> {
  const { room, channelId } = await openConversation(deps, userId, where);
  const call = deps.calls.at({ roomId: room.id, channelId });
  if (call !== undefined) deps.calls.rings.decline(call, userId);
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

async function openConversation(
  deps: JoinDeps,
  userId: UserId,
  where: Where,
): Promise<VoicePlace> {
  deps.calls.requireOffered();
  if (!await deps.claimCalls()) throw voiceAbsent("other_process");
  const place = await openVoicePlace(deps, userId, where);
  if (isConversation(place.room)) return place;
  throw new OperationError(
    "invalid",
    "Nobody is rung for a voice channel, only in conversations.",
    {
      details: { field: "room_id" },
    },
  );
}

function requireInCall({ calls }: VoiceDeps, userId: UserId, where: Where): Call {
  const call = calls.ofUser(userId)?.call;
  if (call?.roomId === where.roomId && call.channelId === where.channelId) return call;
  throw new OperationError("conflict", "Join the call first: only who is in it rings the others.");
}
