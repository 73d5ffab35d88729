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

/**
 * Whether this server holds something that was said unsealed in a conversation of several and can
 * still be read. Looked for from the beginning: what came before encryption is there.
 */
export async function holdsPlainWords(sql: Queryable, roomId: RoomId): Promise<boolean> {
  const rows = await sql`
    select 1 from events e
    where e.room_id = ${roomId} and e.channel_id = ${MAIN_CHANNEL} and ${isSaidRow(sql)}
      and e.outcome = 'accepted' and not e.withheld and e.redacted_by is null
      and not exists (select from sealed_events s
        where s.room_id = e.room_id and s.event_id = e.event_id)
    order by e.timeline_order, e.event_hash limit 1`;
  return rows.length > 0;
}
