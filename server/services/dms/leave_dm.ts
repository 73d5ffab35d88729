import type { UserId } from "../../../core/ids/user_id.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { leaveRoom } from "../guilds/leave_guild.ts";
import { putAway } from "./closed_dms.ts";
import { isConversation } from "./is_conversation.ts";

type DmDeps = Pick<ChatDeps, "sql" | "rooms"> & {
  readonly remote: Pick<RemoteRooms, "announceConversation">;
};

/**
 * Puts a conversation out of the user's list on all devices; the next message brings it back.
 * @throws OperationError `not_found`
 */
export async function closeDm(deps: DmDeps, userId: UserId, rawId: string): Promise<void> {
  const room = await deps.rooms.openFor(userId, rawId);
  if (!isConversation(room)) throw roomNotFound();
  await putAway(deps.sql, { roomId: room.id, userId });
  deps.remote.announceConversation(userId, room.id);
}

/**
 * Leaves a conversation of two. Its other one, here or on another server, sees that; this server gets
 * nothing of it any more, until the user opens it again or accepts a new request.
 * @throws OperationError `not_found`
 */
export async function leaveDm(deps: DmDeps, userId: UserId, rawId: string): Promise<void> {
  const room = await deps.rooms.openFor(userId, rawId);
  if (room.authority.room.kind !== "dm") throw roomNotFound();
  await leaveRoom(room, userId);
  deps.remote.announceConversation(userId, room.id);
}
