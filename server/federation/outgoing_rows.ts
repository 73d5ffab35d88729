import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../postgres/event_rows.ts";
import { inRanges, rangesAfter, readWriters } from "../postgres/log_reader.ts";
import type { Sql } from "../postgres/sql.ts";
import type { SyncToken } from "../postgres/sync_token.ts";

/** A stretch of the log, of which somebody gets what a server's users said in some rooms. */
export interface Stretch {
  readonly from: SyncToken;
  readonly upTo: SyncToken;
  readonly rooms: readonly RoomId[];
  readonly sentBy: ServerName;
}

/** How much that is, and how old. */
export interface Lag {
  readonly count: number;
  /** When the oldest of it was stored, ms; absent where there is nothing. */
  readonly oldestTs?: number;
}

/** How many events that is, counted up to `limit`. */
export async function countStretch(sql: Sql, stretch: Stretch, limit: number): Promise<Lag> {
  const ranges = await rangesOf(sql, stretch);
  if (ranges.length === 0) return { count: 0 };
  const [row] = await sql<{ count: number; oldest: number | null }[]>`
    select count(*) as count, min(received_ts) as oldest from (
      select e.received_ts from ${inRanges(sql, ranges)} and ${ownEvents(sql, stretch)}
      limit ${limit}
    ) counted`;
  const oldest = row?.oldest ?? null;
  return { count: row?.count ?? 0, ...(oldest === null ? {} : { oldestTs: oldest }) };
}

/** Of every graph the newest one: control graphs first, by room and channel. */
export async function headsOfStretch(
  sql: Sql,
  stretch: Stretch,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly StoredEvent[]> {
  const ranges = await rangesOf(sql, stretch);
  if (ranges.length === 0) return [];
  const rows = await sql<EventRecord[]>`
    select * from (
      select distinct on (${graph(sql)}) ${eventColumns(sql)}, ${graph(sql)} as graph
      from ${inRanges(sql, ranges)} and ${ownEvents(sql, stretch)}
      order by ${graph(sql)}, e.received_ts desc, e.writer_id desc, e.position desc
    ) newest
    ${page.after === undefined ? sql`` : sql`where graph > ${page.after}`}
    order by graph limit ${page.limit}`;
  return rows.map(readEvent);
}

/** By this the graphs of a page of heads are ordered. */
export function graphName({ roomId, channelId }: StoredEvent): string {
  return channelId === undefined ? `0 ${roomId}` : `1 ${roomId} ${channelId}`;
}

function graph(sql: Sql) {
  return sql`(case when e.channel_id is null then '0 ' || e.room_id
    else '1 ' || e.room_id || ' ' || e.channel_id end)`;
}

function ownEvents(sql: Sql, { rooms, sentBy }: Stretch) {
  return sql`e.room_id = any(${[...rooms]}) and e.outcome = 'accepted'
    and right(e.sender, ${sentBy.length + 1}) = ${`:${sentBy}`}`;
}

async function rangesOf(sql: Sql, { from, upTo, rooms }: Stretch) {
  if (rooms.length === 0) return [];
  return rangesAfter(from, await readWriters(sql, from.base), upTo);
}
