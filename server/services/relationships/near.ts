import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Those of `among` who share a room with the user; with `friends`, the user's friends as well. */
export async function whoAreNear(
  sql: Queryable,
  userId: UserId,
  { among, friends }: { readonly among: readonly UserId[]; readonly friends: boolean },
): Promise<ReadonlySet<UserId>> {
  if (among.length === 0) return new Set();
  const rows = await sql<{ user_id: UserId }[]>`
    select o.user_id from unnest(${[...new Set(among)]}::text[]) as o(user_id)
    where exists (
      select 1 from current_state a
      join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
        and b.state_key = o.user_id and b.membership = 'join'
      where a.type = 'm.room.member' and a.state_key = ${userId} and a.membership = 'join')
    or ${friends} and exists (
      select 1 from relationships r
      where r.user_id = ${userId} and r.other_id = o.user_id and r.bond = 'friend'
        and not r.blocked)`;
  return new Set(rows.map((row) => row.user_id));
}
