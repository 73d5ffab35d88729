import { compareBytes } from "../../../core/ids/compare_bytes.ts";
import { hashOfRoomId, type RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Of several rooms of a pair the joined one with the smaller raw id counts. PROTOCOL.md 10. */
export async function findDmRoom(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
  other: UserId,
): Promise<Room | undefined> {
  const [a, b] = [userId, other].sort();
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from dm_rooms where user_a = ${a ?? ""} and user_b = ${b ?? ""}`;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  const [first] = rooms.filter((room): room is Room => room !== undefined)
    .sort((x, y) => compareForUser(x, y, userId));
  return first;
}

/** Joined ones first, then the smaller raw id. */
export function compareForUser(x: Room, y: Room, userId: UserId): number {
  return Number(y.authority.isJoined(userId)) - Number(x.authority.isJoined(userId)) ||
    compareBytes(hashOfRoomId(x.id), hashOfRoomId(y.id));
}
