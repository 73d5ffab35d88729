import type { ControlEvent, TimelineEvent } from "../../../core/event/event.ts";
import { purgeCovers } from "../../../core/event/redaction_effect.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { eventColumns, type EventRecord, readEvent } from "../../postgres/event_rows.ts";
import { loadEvent } from "../../postgres/event_store.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";
import type { Sql } from "../../postgres/sql.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import type { MediaDesk } from "./attachments.ts";
import { coveredRows, redactRow } from "./redact_messages.ts";

/** Messages whose content goes per transaction. */
const PURGED_PER_BATCH = 200;

export interface PurgeDeps {
  readonly sql: Sql;
  readonly media: Pick<MediaDesk, "release">;
}

interface PurgeJob {
  readonly roomId: RoomId;
  readonly eventId: EventId;
}

/** Stored with a purge: its work is found again after a crash. */
export const purgeJobs = defineRowKind<PurgeJob>("purge_jobs", (sql, rows) =>
  sql`
    insert into purge_jobs (room_id, event_id)
    select x."roomId", x."eventId"
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text)
    on conflict do nothing`);

/**
 * Takes away the content of all that is held and that a stored purge covers; what arrives later
 * is covered as it comes. Safe to repeat. PROTOCOL.md 6.
 */
export async function carryOutPurge(
  deps: PurgeDeps,
  room: Room,
  purge: ControlEvent,
): Promise<void> {
  const { user, from_ts: from, to_ts: to } = purge.pdu.content as unknown as {
    user: UserId;
    from_ts: number;
    to_ts: number;
  };
  const done: EventId[] = [];
  for (;;) {
    const rows = await deps.sql<EventRecord[]>`
      select ${eventColumns(deps.sql)} from events e
      where e.room_id = ${room.id} and e.sender = ${user} and e.channel_id is not null
        and e.origin_ts between ${from} and ${to} and e.redacted_by is null
        and e.outcome <> 'rejected' and e.event_id <> all(${done})
      limit ${PURGED_PER_BATCH}`;
    if (rows.length === 0) break;
    const covered = rows.map(readEvent).filter((row) =>
      purgeCovers(purge, heldOf(row) as TimelineEvent)
    );
    // What it does not cover (another channel) is not met again.
    const ids = new Set(covered.map((row) => row.eventId));
    for (const { event_id: id } of rows) if (!ids.has(id)) done.push(id);
    if (covered.length === 0) continue;
    await room.changeStored({
      updates: covered.map((row) => redactRow(row, purge.id)),
      rows: coveredRows(deps.media, [...ids], {
        roomId: room.id,
        eventId: purge.id,
        sender: purge.pdu.sender,
      }),
    });
  }
  await deps.sql`
    delete from purge_jobs where room_id = ${room.id} and event_id = ${purge.id}`;
}

/** Purges that a crash or stop cut short. */
export async function resumePurges(
  deps: PurgeDeps & { readonly rooms: Rooms },
): Promise<void> {
  const jobs = await deps.sql<{ room_id: RoomId; event_id: EventId }[]>`
    select room_id, event_id from purge_jobs`;
  for (const { room_id: roomId, event_id: eventId } of jobs) {
    const room = await deps.rooms.open(roomId);
    const stored = await loadEvent(deps.sql, roomId, eventId);
    if (room === undefined || stored === undefined) continue;
    await carryOutPurge(deps, room, heldOf(stored) as ControlEvent);
  }
}
