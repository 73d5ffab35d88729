import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Whether two people are members of one guild, or of one private channel. */
export async function sharesGuild(
  deps: { readonly sql: Queryable },
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  return (await whoShareGuild(deps, userId, [other])).has(other);
}

/** Those of the others who are in a guild or a private channel of the user's. */
export async function whoShareGuild(
  deps: { readonly sql: Queryable },
  userId: UserId,
  others: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  if (others.length === 0) return new Set();
  const rows = await deps.sql<{ user_id: UserId }[]>`
    select o.user_id from unnest(${[...new Set(others)]}::text[]) as o(user_id)
    where exists (
      select 1 from current_state a
      join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
        and b.state_key = o.user_id and b.membership = 'join'
      join current_state g on g.room_id = a.room_id and g.type = 'm.room.join_rules'
      where a.type = 'm.room.member' and a.state_key = ${userId} and a.membership = 'join')`;
  return new Set(rows.map((row) => row.user_id));
}
