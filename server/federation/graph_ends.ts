import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../postgres/event_rows.ts";
import type { Sql } from "../postgres/sql.ts";
import { graphName } from "./outgoing_rows.ts";

/** Whose ends of which room. */
export interface EndsWish {
  readonly roomId: RoomId;
  /** Absent: of the control graph and of all channels. */
  readonly channels?: readonly ChannelId[] | undefined;
  /** What its users made. */
  readonly serverName: ServerName;
  /** And what others made of the control graph. */
  readonly introduces: boolean;
}

/** Events that nothing stored descends from, control graph first; the newest, if there are many. */
export async function endsOfRoom(
  sql: Sql,
  { roomId, channels, serverName, introduces }: EndsWish,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly StoredEvent[]> {
  const place = sql`((case when e.channel_id is null then '0 ' || e.room_id
    else '1 ' || e.room_id || ' ' || e.channel_id end) || ' ' || e.event_id)`;
  const rows = await sql<EventRecord[]>`
    select * from (
      select ${eventColumns(sql)}, ${place} as place
      from graph_heads h
      cross join unnest(h.event_ids) as ends(event_id)
      join events e on e.room_id = ${roomId} and e.event_id = ends.event_id
      where h.room_id = ${roomId} and e.outcome = 'accepted'
        ${channels === undefined ? sql`` : sql`and h.channel_id = any(${[...channels]})`}
        and (right(e.sender, ${serverName.length + 1}) = ${`:${serverName}`}
          ${introduces ? sql`or e.channel_id is null` : sql``})
      order by e.received_ts desc limit ${limits.federation.maxEndsPerArrival}
    ) newest
    ${page.after === undefined ? sql`` : sql`where place > ${page.after}`}
    order by place limit ${page.limit}`;
  return rows.map(readEvent);
}

/** By this a page of ends is ordered. */
export function endPlace(stored: StoredEvent): string {
  return `${graphName(stored)} ${stored.eventId}`;
}
