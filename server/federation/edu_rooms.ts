import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { EduRooms } from "../../federation/edus/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Rooms } from "../rooms/rooms.ts";

/** The rooms of this server, as far as EDUs are judged by them. */
export function eduRooms({ sql, rooms }: { readonly sql: Sql; readonly rooms: Rooms }): EduRooms {
  return {
    authority: async (roomId) => (await rooms.open(roomId))?.authority,
    async joinedRooms(user: UserId, limit: number): Promise<readonly RoomId[]> {
      const rows = await sql<{ room_id: RoomId }[]>`
        select room_id from current_state
        where type = 'm.room.member' and state_key = ${user} and membership = 'join'
          and event_id is not null
        order by room_id limit ${limit}`;
      return rows.map((row) => row.room_id);
    },
    async sharedRooms([user, other], limit): Promise<readonly RoomId[]> {
      const rows = await sql<{ room_id: RoomId }[]>`
        select a.room_id from current_state a
        join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
          and b.state_key = ${other} and b.membership = 'join'
        where a.type = 'm.room.member' and a.state_key = ${user} and a.membership = 'join'
        order by a.room_id limit ${limit}`;
      return rows.map((row) => row.room_id);
    },
    async friendsElsewhere(user: UserId, limit: number): Promise<readonly UserId[]> {
      const rows = await sql<{ other_id: UserId }[]>`
        select other_id from relationships
        where user_id = ${user} and bond = 'friend' and not blocked
          and split_part(other_id, ':', 2) <> split_part(user_id, ':', 2)
        order by other_id limit ${limit}`;
      return rows.map((row) => row.other_id);
    },
    async isFriendHere(user: UserId, who?: UserId): Promise<boolean> {
      const rows = await sql`
        select 1 from relationships
        where other_id = ${user} and bond = 'friend' and not blocked
          and (${who ?? null}::text is null or user_id = ${who ?? null}) limit 1`;
      return rows.length > 0;
    },
  };
}
