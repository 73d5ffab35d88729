import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import { isSaidRow } from "../messages/message_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Told to a device that was away. */
const LISTED_MAX = 1000;

/** A conversation that one of its two has put out of the list. */
export interface ClosedDm {
  readonly roomId: RoomId;
  readonly userId: UserId;
}

/** Puts a conversation out of the user's list, until something is said in it. */
export async function putAway(sql: Queryable, { roomId, userId }: ClosedDm): Promise<void> {
  await sql`
    insert into closed_dms (user_id, room_id, closed_ord)
    values (${userId}, ${roomId}, coalesce((
      select e.timeline_order from events e
      where e.room_id = ${roomId} and e.channel_id = ${MAIN_CHANNEL}
      order by e.timeline_order desc, e.event_hash desc limit 1), 0))
    on conflict (room_id, user_id) do update set closed_ord = excluded.closed_ord`;
}

/** The user looks for it again. Resolves whether it was put away. */
export async function bringBack(sql: Queryable, { roomId, userId }: ClosedDm): Promise<boolean> {
  const rows = await sql`
    delete from closed_dms where room_id = ${roomId} and user_id = ${userId} returning 1`;
  return rows.length > 0;
}

/** A message was said at this place: for whom that brings the conversation back. */
export async function heardAgain(
  sql: Queryable,
  roomId: RoomId,
  order: number,
): Promise<readonly UserId[]> {
  const rows = await sql<{ user_id: UserId }[]>`
    delete from closed_dms where room_id = ${roomId} and closed_ord < ${order}
    returning user_id`;
  return rows.map((row) => row.user_id);
}

/** Whether the user has put it away and nothing was said since. */
export async function isPutAway(sql: Queryable, { roomId, userId }: ClosedDm): Promise<boolean> {
  const rows = await sql`
    select 1 from closed_dms c where c.room_id = ${roomId} and c.user_id = ${userId}
      and ${nothingSince(sql)}`;
  return rows.length > 0;
}

/** Rooms of the conversations that the user has put away, the first of them where it is many. */
export async function listPutAway(sql: Queryable, userId: UserId): Promise<readonly RoomId[]> {
  const rows = await sql<{ room_id: RoomId }[]>`
    select c.room_id from closed_dms c where c.user_id = ${userId} and ${nothingSince(sql)}
    limit ${LISTED_MAX}`;
  return rows.map((row) => row.room_id);
}

/** Condition on a row `c`: no message was said after it. */
export function nothingSince(sql: Queryable) {
  return sql`not exists (
    select 1 from events e
    where e.room_id = c.room_id and e.channel_id = ${MAIN_CHANNEL}
      and e.timeline_order > c.closed_ord and ${isSaidRow(sql)}
      and e.outcome = 'accepted')`;
}
