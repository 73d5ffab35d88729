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
  };
}
