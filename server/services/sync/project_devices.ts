import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Dispatch, Watchers } from "../../http/gateway/source.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { DeviceNotice } from "../e2ee/device_notice.ts";

/** Encrypted rooms, and conversations, of one user that are looked at. */
const ROOMS_MAX = 2000;

/** What a change of devices, or something in an inbox, means for those connected. */
export async function projectDevices(
  deps: Pick<ChatDeps, "sql">,
  notice: DeviceNotice,
  watchers: Watchers,
): Promise<readonly Dispatch[]> {
  const { userId } = notice;
  if (notice.kind === "inbox") {
    if (!watchers.isConnected(userId)) return [];
    return [{ t: "to_device", d: {}, audience: { to: "users", userIds: [userId] } }];
  }
  const readers = new Set<UserId>(watchers.isConnected(userId) ? [userId] : []);
  const wanted: Dispatch[] = [];
  // Also where nothing is encrypted yet: somebody may wait for a device to begin with.
  for (const roomId of await dmRoomsOf(deps.sql, userId, ROOMS_MAX)) {
    for (const reader of watchers.inRoom(roomId)) readers.add(reader);
  }
  for (const roomId of await encryptedRoomsOf(deps.sql, userId, ROOMS_MAX)) {
    const present = [...watchers.inRoom(roomId)];
    for (const reader of present) readers.add(reader);
    if (present.length === 0) continue;
    const audience = { to: "users", userIds: present } as const;
    wanted.push({ t: "group.wanted", d: { room_id: roomId }, audience });
  }
  if (readers.size === 0) return [];
  const audience = { to: "users", userIds: [...readers] } as const;
  // The devices first: whoever is asked to change a group knows them then.
  return [{ t: "devices.update", d: { user_id: userId }, audience }, ...wanted];
}

/** Conversations of a user, at most so many, the latest first. */
async function dmRoomsOf(
  sql: Queryable,
  userId: UserId,
  limit: number,
): Promise<readonly RoomId[]> {
  const rows = await sql<{ room_id: RoomId }[]>`
    select room_id from (
      select room_id, created_ts from dm_rooms where user_a = ${userId} or user_b = ${userId}
      union all
      select g.room_id, g.created_ts from group_dm_rooms g
      join current_state s on s.room_id = g.room_id and s.type = 'm.room.member'
        and s.state_key = ${userId} and s.membership = 'join'
    ) d
    order by created_ts desc limit ${limit}`;
  return rows.map((row) => row.room_id);
}

/** Encrypted rooms that a user has joined, at most so many. */
export async function encryptedRoomsOf(
  sql: Queryable,
  userId: UserId,
  limit: number,
): Promise<readonly RoomId[]> {
  const rows = await sql<{ room_id: RoomId }[]>`
    select m.room_id from current_state m
    join current_state e on e.room_id = m.room_id and e.type = 'm.room.encryption'
      and e.state_key = '' and e.event_id is not null
    where m.type = 'm.room.member' and m.state_key = ${userId} and m.membership = 'join'
    order by m.room_id limit ${limit}`;
  return rows.map((row) => row.room_id);
}
