import type { User } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { Throttle } from "../accounts/throttle.ts";

/** Names looked at for one question; what is wanted of each person is asked of these. */
const NAMES_MAX = 300;

/**
 * Active accounts of this server by the beginning of a name. Who lets only people of shared guilds
 * find them is found by those, who lets nobody by no one; nor is whoever blocked the asker, or is
 * blocked by him. @throws OperationError `rate_limited`
 */
export async function findPeople(
  deps: { readonly sql: Sql; readonly throttle: Throttle },
  userId: UserId,
  { q, limit }: { readonly q: string; readonly limit: number },
): Promise<{ users: User[] }> {
  await deps.throttle.take("searches", [{ policy: "search", who: userId }]);
  const begins = `${q.replace(/^@/, "").toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const users = await deps.sql<User[]>`
    with named as materialized (
      (select user_id from users where local like ${begins} order by local limit ${NAMES_MAX})
      union
      (select user_id from profiles where display_name is not null
        and lower(display_name) like ${begins} order by lower(display_name) limit ${NAMES_MAX}))
    select u.user_id as id, p.display_name, p.avatar, p.bio, p.status,
      coalesce(p.bot, false) as bot
    from named join users u using (user_id) left join profiles p using (user_id)
    left join user_preferences c using (user_id)
    cross join lateral (select coalesce(c.chosen->>'found_by', 'shared') as found_by) w
    where u.state = 'active' and u.user_id <> ${userId} and w.found_by <> 'nobody'
      and not exists (select from relationships r where r.blocked
        and (r.user_id, r.other_id) in ((u.user_id, ${userId}), (${userId}, u.user_id)))
      and (w.found_by = 'everyone' or exists (
        select from current_state a join current_state b on b.room_id = a.room_id
          and b.type = 'm.room.member' and b.state_key = u.user_id and b.membership = 'join'
        join current_state g on g.room_id = a.room_id and g.type = 'm.room.join_rules'
        where a.type = 'm.room.member' and a.state_key = ${userId} and a.membership = 'join'))
    order by u.local limit ${limit}`;
  return { users: [...users] };
}
