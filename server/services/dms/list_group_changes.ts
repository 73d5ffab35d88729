import { GROUP_CHANGES_MAX, type GroupChange } from "../../../core/api/group_dms.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { isHistoryJoined } from "../../../core/permissions/joined_history.ts";
import { eventColumns, type EventRecord, readEvent } from "../../postgres/event_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { contentOfPdu, unknownUser } from "../messages/project_messages.ts";
import { groupChanges, TOLD_TYPES, type ToldEvent } from "./group_changes.ts";
import { openGroupDm } from "./group_place.ts";

/** Events looked at for one answer: an invite and a join together are one line of it. */
const LOOKED_AT = 3 * GROUP_CHANGES_MAX;

/**
 * Who came and went in a conversation of several and what it was called, oldest first: lines
 * between what was said, which nobody is called for. @throws OperationError `not_found`
 */
export async function listGroupChanges(
  deps: Pick<ChatDeps, "sql" | "rooms" | "users">,
  userId: UserId,
  roomId: string,
): Promise<GroupChange[]> {
  const room = await openGroupDm(deps, userId, roomId);
  const told = groupChanges(await toldEvents(deps.sql, room.id), {
    userId,
    joinedOnly: isHistoryJoined(room.authority),
  }).slice(-GROUP_CHANGES_MAX);
  const named = told.flatMap(({ by, user }) => user === null ? [by] : [by, user]);
  const people = await deps.users.find([...new Set(named)]);
  const view = (user: UserId) => people.get(user) ?? unknownUser(user);
  return told.map((change) => ({
    ...change,
    by: view(change.by),
    user: change.user === null ? null : view(change.user),
  }));
}

/** The newest of them as they arrived, put in the order of their own time: parents arrive first. */
async function toldEvents(sql: Queryable, roomId: RoomId): Promise<ToldEvent[]> {
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${roomId} and e.channel_id is null and e.type = any(${TOLD_TYPES})
      and e.outcome = 'accepted'
    order by e.position desc limit ${LOOKED_AT}`;
  return rows.map(readEvent).reverse().map((row) => ({
    eventId: row.eventId,
    type: row.type,
    stateKey: row.stateKey,
    sender: row.sender,
    originTs: row.originTs,
    content: row.withheld || row.redactedBy !== undefined ? undefined : contentOfPdu(row.pdu),
  })).sort((a, b) => a.originTs - b.originTs);
}
