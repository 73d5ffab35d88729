import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Whether two people are members of one guild, or of one private channel. */
export async function sharesGuild(
  deps: { readonly sql: Queryable },
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  const rows = await deps.sql`
    select 1 from current_state a
    join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
      and b.state_key = ${other} and b.membership = 'join'
    join current_state g on g.room_id = a.room_id and g.type = 'm.room.join_rules'
    where a.type = 'm.room.member' and a.state_key = ${userId} and a.membership = 'join'
    limit 1`;
  return rows.length > 0;
}
