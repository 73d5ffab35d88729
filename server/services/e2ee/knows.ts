import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/**
 * Of `users`, those whom `asker` may know of beyond their profile: itself, friends, and who is in
 * a room with it.
 */
export async function knownAmong(
  sql: Queryable,
  asker: UserId,
  users: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  const rows = await sql<{ user_id: UserId }[]>`
    select u.user_id from unnest(${[...users]}::text[]) as u (user_id)
    where u.user_id = ${asker}
      or exists (
        select from relationships r
        where r.user_id = ${asker} and r.other_id = u.user_id and r.bond = 'friend')
      or exists (
        select from relationships r
        where r.user_id = u.user_id and r.other_id = ${asker} and r.bond = 'friend')
      or exists (
        select from current_state a
        join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
          and b.state_key = u.user_id and b.membership = 'join'
        where a.type = 'm.room.member' and a.state_key = ${asker} and a.membership = 'join')`;
  return new Set(rows.map((row) => row.user_id));
}
