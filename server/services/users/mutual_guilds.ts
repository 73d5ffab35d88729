import { MUTUAL_GUILDS_MAX } from "../../../core/api/account.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/**
 * Guilds that two people are both members of, in the order in which the first one joined. Nobody
 * learns more than the members' lists of their own guilds tell.
 */
export async function mutualGuilds(
  sql: Queryable,
  userId: UserId,
  other: UserId,
): Promise<RoomId[]> {
  const rows = await sql<{ room_id: RoomId }[]>`
    select a.room_id from current_state a
    join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
      and b.state_key = ${other} and b.membership = 'join'
    join current_state g on g.room_id = a.room_id and g.type = 'm.guild.meta'
    left join events e on e.room_id = a.room_id and e.event_id = a.event_id
    where a.type = 'm.room.member' and a.state_key = ${userId} and a.membership = 'join'
      and not exists (select from group_dm_rooms d where d.room_id = a.room_id)
    order by e.origin_ts, a.room_id limit ${MUTUAL_GUILDS_MAX}`;
  return rows.map(({ room_id }) => room_id);
}
