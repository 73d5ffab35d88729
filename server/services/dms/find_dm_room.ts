import { compareBytes } from "../../../core/ids/compare_bytes.ts";
import { hashOfRoomId, type RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Joins under check that are looked through: one user has hardly ever more than one. */
const JOINING_MAX = 100;

/**
 * Of several rooms of a pair the joined one with the smaller raw id counts. PROTOCOL.md 10. One
 * whose join is still being checked is a room of the pair too: else there would soon be a second.
 */
export async function findDmRoom(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
  other: UserId,
): Promise<Room | undefined> {
  const [a = "", b = ""] = [userId, other].sort();
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from dm_rooms where user_a = ${a} and user_b = ${b}`;
  const held = rows.length > 0 ? rows : await deps.sql<{ room_id: RoomId }[]>`
    select room_id from joining_rooms where user_id in (${a}, ${b}) limit ${JOINING_MAX}`;
  const rooms = await Promise.all(held.map((row) => deps.rooms.open(row.room_id)));
  const [first] = rooms.filter((room): room is Room => room !== undefined && isOf(room, [a, b]))
    .sort((x, y) => compareForUser(x, y, userId));
  return first;
}

function isOf({ authority: { room } }: Room, pair: readonly string[]): boolean {
  return room.kind === "dm" && pair.every((user) => room.users.some((each) => each === user));
}

/** Joined ones first, then the smaller raw id. */
export function compareForUser(x: Room, y: Room, userId: UserId): number {
  return Number(y.authority.isJoined(userId)) - Number(x.authority.isJoined(userId)) ||
    compareBytes(hashOfRoomId(x.id), hashOfRoomId(y.id));
}
