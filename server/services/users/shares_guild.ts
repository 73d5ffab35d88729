import { allows, parseServerAcl } from "../../../core/auth/server_acl.ts";
import type { JsonValue } from "../../../core/event/json.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Whether two people are members of one guild, or of one private channel. */
export async function sharesGuild(
  deps: { readonly sql: Queryable },
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  return (await whoShareGuild(deps, userId, [other])).has(other);
}

/**
 * Those of the others who are in a guild or a private channel of the user's. A room whose list
 * shuts their server out brings them together with nobody of another one: what they are counted as
 * there is what was left when they could no longer leave it.
 */
export async function whoShareGuild(
  deps: { readonly sql: Queryable },
  userId: UserId,
  others: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  if (others.length === 0) return new Set();
  const rows = await deps.sql<{ user_id: UserId; acl: JsonValue }[]>`
    select distinct o.user_id, event_json(l.pdu) -> 'content' as acl
    from unnest(${[...new Set(others)]}::text[]) as o(user_id)
    join current_state b on b.type = 'm.room.member'
      and b.state_key = o.user_id and b.membership = 'join'
    join current_state a on a.room_id = b.room_id and a.type = 'm.room.member'
      and a.state_key = ${userId} and a.membership = 'join'
    join current_state g on g.room_id = a.room_id and g.type = 'm.room.join_rules'
    left join current_state s on s.room_id = a.room_id and s.type = 'm.room.server_acl'
      and s.state_key = ''
    left join events l on l.room_id = s.room_id and l.event_id = s.event_id`;
  const isLetIn = (user: UserId, acl: JsonValue) => {
    if (serverOf(user) === serverOf(userId)) return true;
    const list = parseServerAcl(acl);
    return list === undefined || allows(list, serverOf(user));
  };
  return new Set(rows.filter((row) => isLetIn(row.user_id, row.acl)).map((row) => row.user_id));
}
