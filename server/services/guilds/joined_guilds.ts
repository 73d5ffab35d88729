import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Guilds that one user may be in at once: a snapshot holds them all. */
export const JOINED_GUILDS_MAX = 200;

/** Room for one more guild. @throws OperationError `limit_reached` */
export async function requireGuildPlace(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
): Promise<void> {
  const rows = await deps.sql`
    select 1 from current_state s
    join current_state g on g.room_id = s.room_id and g.type = 'm.guild.meta'
      and g.state_key = ''
    where s.type = 'm.room.member' and s.state_key = ${userId} and s.membership = 'join'
      and not exists (select from group_dm_rooms d where d.room_id = s.room_id)
    limit ${JOINED_GUILDS_MAX}`;
  if (rows.length < JOINED_GUILDS_MAX) return;
  throw new OperationError(
    "limit_reached",
    `You are in ${JOINED_GUILDS_MAX} guilds already; leave one first.`,
  );
}
