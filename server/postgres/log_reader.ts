import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  eventColumns,
  type EventRecord,
  type Position,
  readEvent,
  type StoredEvent,
} from "./event_rows.ts";
import type { Queryable } from "./sql.ts";
import {
  advanceToken,
  raiseBase,
  readPosition,
  type SyncToken,
  type WriterState,
} from "./sync_token.ts";

/**
 * How far each writer above `base` can be read. One statement, so one moment: batch records up
 * to the first that is missing. The newest record says where that search begins; records before
 * it may be forgotten already.
 */
export async function readWriters(sql: Queryable, base: number): Promise<readonly WriterState[]> {
  const rows = await sql<{ writer_id: number; closed: boolean; watermark: number }[]>`
    select w.writer_id, w.closed,
      coalesce(w.final_position, run.position, newest.settled_position, 0) as watermark
    from log_writers w
    left join lateral (
      select settled_no, settled_position from log_batches b
      where b.writer_id = w.writer_id order by batch_no desc limit 1
    ) newest on true
    left join lateral (
      select max(last_position) as position from (
        select batch_no, last_position, row_number() over (order by batch_no) as nth
        from log_batches b
        where b.writer_id = w.writer_id and b.batch_no > newest.settled_no
      ) recent
      where batch_no = newest.settled_no + nth
    ) run on true
    where w.writer_id > ${base}
    order by w.writer_id`;
  return rows.map((row) => ({
    writerId: row.writer_id,
    closed: row.closed,
    watermark: row.watermark,
  }));
}

/** The token of a reader that has read everything there is now. */
export async function currentToken(sql: Queryable, instance: string): Promise<SyncToken> {
  const writers = await readWriters(sql, 0);
  const positions = new Map(writers.map((writer) => [writer.writerId, writer.watermark]));
  return raiseBase({ instance, base: 0, positions }, writers);
}

export interface LogPage {
  readonly events: readonly StoredEvent[];
  /** Continue from here. */
  readonly token: SyncToken;
  /** The limit cut the page: more can be read at once. */
  readonly more: boolean;
}

export interface ReadSinceOptions {
  /** Only events of these rooms. */
  readonly rooms?: readonly RoomId[];
  /** Of these rooms only what users of this server said. */
  readonly sentBy?: ServerName;
  /** No further than a reader with this token. */
  readonly upTo?: SyncToken;
  /** Of these rooms, positions looked through for one page, whoever's events stand there. */
  readonly positions?: number;
  /** Most events of one page. */
  readonly limit: number;
}

/**
 * What was stored since the token: whole, once, writer by writer in the order of positions.
 * Events of every outcome are given; the caller shows the accepted ones.
 */
export async function readSince(
  sql: Queryable,
  token: SyncToken,
  options: ReadSinceOptions,
): Promise<LogPage> {
  const writers = await readWriters(sql, token.base);
  const ranges = rangesAfter(token, writers, options.upTo);
  const page = options.rooms === undefined
    ? await readDense(sql, ranges, options.limit)
    : await readSparse(sql, cutRanges(ranges, options.positions ?? Infinity), options);
  const read = page.read.reduce(advanceToken, token);
  return { events: page.events, token: raiseBase(read, writers), more: page.more };
}

/** What a reader with the token has not read of these writers, up to another's token. */
export function rangesAfter(
  token: SyncToken,
  writers: readonly WriterState[],
  upTo?: SyncToken,
): readonly Range[] {
  return writers
    .map(({ writerId, watermark }) => ({
      writerId,
      from: readPosition(token, writerId),
      to: Math.min(watermark, upTo === undefined ? Infinity : readPosition(upTo, writerId)),
    }))
    .filter((range) => range.from < range.to);
}

interface Read {
  readonly events: readonly StoredEvent[];
  readonly read: readonly Position[];
  readonly more: boolean;
}

interface CutRanges {
  readonly chosen: readonly Range[];
  readonly more: boolean;
}

/** The first of so many positions. */
function cutRanges(ranges: readonly Range[], positions: number): CutRanges {
  const chosen: Range[] = [];
  let left = positions;
  let more = false;
  for (const range of ranges) {
    const to = Math.min(range.to, range.from + left);
    left -= to - range.from;
    if (to > range.from) chosen.push({ ...range, to });
    if (to < range.to) more = true;
  }
  return { chosen, more };
}

/** All rooms: positions are dense, so the limit is a number of positions. */
async function readDense(sql: Queryable, ranges: readonly Range[], limit: number): Promise<Read> {
  const { chosen, more } = cutRanges(ranges, limit);
  const events = await readRanges(sql, chosen, { limit });
  return { events, read: chosen.map(rangeEnd), more };
}

/** Some rooms: the page may be cut inside a writer's range, and later ones are not read yet. */
async function readSparse(
  sql: Queryable,
  { chosen, more }: CutRanges,
  options: ReadSinceOptions,
): Promise<Read> {
  const events = await readRanges(sql, chosen, options);
  const last = events.at(-1);
  if (!last || events.length < options.limit) {
    return { events, read: chosen.map(rangeEnd), more };
  }
  const before = chosen.filter((range) => range.writerId < last.writerId).map(rangeEnd);
  return { events, read: [...before, last], more: true };
}

function rangeEnd(range: Range): Position {
  return { writerId: range.writerId, position: range.to };
}

/** Positions of one writer: after `from`, up to `to`. */
export interface Range {
  readonly writerId: number;
  readonly from: number;
  readonly to: number;
}

async function readRanges(
  sql: Queryable,
  ranges: readonly Range[],
  options: ReadSinceOptions,
): Promise<readonly StoredEvent[]> {
  if (ranges.length === 0) return [];
  const { rooms, limit } = options;
  const sentBy = options.sentBy === undefined
    ? sql``
    : sql`and right(e.sender, ${options.sentBy.length + 1}) = ${`:${options.sentBy}`}`;
  // Some rooms: each by its own index; a join would look through the blocks of the whole log.
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from ${
    rooms === undefined ? sql`${inRanges(sql, ranges)} ${sentBy}` : sql`${rangesOf(sql, ranges)}
        cross join unnest(${[...new Set(rooms)]}::text[]) as chosen(room_id)
        cross join lateral (
          select * from events e
          where e.room_id = chosen.room_id and e.writer_id = r.writer_id
            and e.position > r.after and e.position <= r.upto ${sentBy}
          order by e.position limit ${limit}) e`
  }
    order by e.writer_id, e.position
    limit ${limit}`;
  return rows.map(readEvent);
}

/** Rows `e` of events that stand in the ranges; a condition can follow. */
export function inRanges(sql: Queryable, ranges: readonly Range[]) {
  return sql`${rangesOf(sql, ranges)}
    join events e on e.writer_id = r.writer_id
      and e.position > r.after and e.position <= r.upto`;
}

function rangesOf(sql: Queryable, ranges: readonly Range[]) {
  return sql`unnest(${ranges.map((range) => range.writerId)}::int[],
      ${ranges.map((range) => range.from)}::bigint[],
      ${ranges.map((range) => range.to)}::bigint[]) as r(writer_id, after, upto)`;
}
