import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { isSaidRow } from "../messages/message_rows.ts";

/** A room that is a conversation of several. */
export const groupDmRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly createdTs: number;
}>("group_dm_rooms", (sql, rows) =>
  sql`
    insert into group_dm_rooms (room_id, created_ts)
    select x."roomId", x."createdTs"
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "createdTs" bigint)
    on conflict do nothing`);

/** As many of the oldest messages are looked at: what came before encryption stands before the rest. */
const LOOKED_AT = 1000;
/**
 * So long after the first encrypted one came, others may still have been on their way: servers that
 * are cut off do not hear of encryption, and their people go on writing (ms).
 */
const LATE_MS = 24 * 3_600_000;

/**
 * Whether this server holds something that was said unsealed in a conversation of several before it
 * was encrypted, and can still be read. What came unsealed a day after that or later does not count:
 * a server that lets it be written against the rule must not be able to keep the past of the others
 * closed. It may be of an honest one that was cut off for longer.
 */
export async function holdsPlainWords(sql: Queryable, roomId: RoomId): Promise<boolean> {
  const rows = await sql`
    with first as (
      select f.received_ts from sealed_events s join events f using (room_id, event_id)
      where s.room_id = ${roomId} order by s.seq limit 1)
    select 1 from (
      select e.room_id, e.event_id, e.received_ts from events e
      where e.room_id = ${roomId} and e.channel_id = ${MAIN_CHANNEL} and ${isSaidRow(sql)}
        and e.outcome = 'accepted' and not e.withheld and e.redacted_by is null
      order by e.timeline_order, e.event_hash limit ${LOOKED_AT}) e
    where not exists (select from sealed_events s
        where s.room_id = e.room_id and s.event_id = e.event_id)
      and e.received_ts <= coalesce((select received_ts from first), e.received_ts) + ${LATE_MS}
    limit 1`;
  return rows.length > 0;
}
