import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { eventColumns, type EventRecord, readEvent } from "../../postgres/event_rows.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import { endEventUses } from "../media/media_row_kinds.ts";
import { coveredRows, redactRow } from "../messages/redact_messages.ts";

/** Events whose content goes per transaction. */
const ERASED_PER_BATCH = 200;

export interface EraseOrder {
  readonly user: UserId;
  /** Undefined: all that are held. */
  readonly rooms: readonly RoomId[] | undefined;
  /** Events dated before it (ms). */
  readonly beforeTs: number;
}

/**
 * Takes content, salt, files and all that was derived from what a user wrote in channels; ids,
 * senders and times stay. Safe to repeat. Answers how many events lost their content.
 * PROTOCOL.md 6 (erasure).
 */
export async function eraseWords(
  deps: { readonly sql: Sql; readonly rooms: Rooms },
  order: EraseOrder,
): Promise<number> {
  await forgetReported(deps.sql, order);
  let erased = 0;
  for (const roomId of order.rooms ?? await roomsOf(deps.sql, order.user)) {
    erased += await eraseIn(deps, order, roomId);
  }
  return erased;
}

/** What others reported of the user's words, and what they wrote in reports of their own. */
async function forgetReported(sql: Sql, { user, rooms, beforeTs }: EraseOrder): Promise<void> {
  const isThere = rooms === undefined ? sql`true` : sql`room_id = any(${[...rooms]})`;
  await sql`
    update message_reports set wordings = null
    where author = ${user} and said_ts < ${beforeTs} and ${isThere}`;
  await sql`
    update message_reports set note = null
    where reporter = ${user} and created_ts < ${beforeTs} and ${isThere}`;
}

/** Wherever the user has or had a membership. */
async function roomsOf(sql: Sql, user: UserId): Promise<RoomId[]> {
  const rows = await sql<{ room_id: RoomId }[]>`
    select room_id from current_state
    where type = 'm.room.member' and state_key = ${user} and event_id is not null
    order by room_id`;
  return rows.map((row) => row.room_id);
}

async function eraseIn(
  { sql, rooms }: { readonly sql: Sql; readonly rooms: Rooms },
  { user, beforeTs }: EraseOrder,
  roomId: RoomId,
): Promise<number> {
  const room = await rooms.open(roomId);
  if (room === undefined) return 0;
  let erased = 0;
  for (;;) {
    const rows = (await sql<EventRecord[]>`
      select ${eventColumns(sql)} from events e
      where e.room_id = ${roomId} and e.sender = ${user} and e.channel_id is not null
        and e.origin_ts < ${beforeTs} and not e.withheld
      limit ${ERASED_PER_BATCH}`).map(readEvent);
    if (rows.length === 0) return erased;
    // No event took it away: its own id stands in the place of one.
    await room.changeStored({
      updates: rows.map((row) => redactRow(row, row.eventId)),
      rows: rows.flatMap((row) =>
        coveredRows({ release: endEventUses }, [row.eventId], {
          roomId,
          eventId: row.eventId,
          sender: user,
        })
      ),
    });
    erased += rows.length;
  }
}
