import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import {
  eventColumns,
  type EventRecord,
  type Outcome,
  readEvent,
  type StoredEvent,
} from "./event_rows.ts";
import type { Queryable } from "./sql.ts";

/** Events of one room by id, in no particular order; those not held are absent. */
export async function loadEvents(
  sql: Queryable,
  roomId: RoomId,
  ids: readonly EventId[],
): Promise<readonly StoredEvent[]> {
  return await loadEventsOf(sql, [...new Set(ids)].map((eventId) => ({ roomId, eventId })));
}

/** Events of several rooms; each is named once. */
export async function loadEventsOf(
  sql: Queryable,
  refs: readonly { readonly roomId: RoomId; readonly eventId: EventId }[],
): Promise<readonly StoredEvent[]> {
  const [first] = refs;
  if (first === undefined) return [];
  // Of one room the planner looks into one part of the events alone.
  const room = refs.every(({ roomId }) => roomId === first.roomId)
    ? sql`${first.roomId}`
    : sql`wanted.room_id`;
  // Each by the key: a planner that believes the room to be small reads all of it instead.
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from unnest(${refs.map(({ roomId }) => roomId)}::text[],
      ${refs.map(({ eventId }) => eventId)}::text[]) as wanted(room_id, event_id)
    cross join lateral (
      select * from events e
      where e.room_id = ${room} and e.event_id = wanted.event_id limit 1) e`;
  return rows.map(readEvent);
}

/** One event of a room; undefined when it is not held. */
export async function loadEvent(
  sql: Queryable,
  roomId: RoomId,
  eventId: EventId,
): Promise<StoredEvent | undefined> {
  const [event] = await loadEvents(sql, roomId, [eventId]);
  return event;
}

/** A place in a channel's timeline: between two events, or on one. PROTOCOL.md 7. */
export interface TimelinePoint {
  readonly order: number;
  /** Raw hash; absent: before every event of that order. */
  readonly hash?: Uint8Array;
}

export interface TimelineQuery {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly limit: number;
  /** Default: accepted alone. */
  readonly outcomes?: readonly Outcome[];
}

const NO_HASH = new Uint8Array(0);
const SHOWN: readonly Outcome[] = ["accepted"];

/** The newest events before a point (default: the end), oldest first. */
export async function timelineBefore(
  sql: Queryable,
  query: TimelineQuery & { readonly before?: TimelinePoint | undefined },
): Promise<readonly StoredEvent[]> {
  const { before } = query;
  const edge = before === undefined
    ? sql``
    : sql`and (e.timeline_order, e.event_hash) < (${before.order}, ${pointHash(before)})`;
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${query.roomId} and e.channel_id = ${query.channelId}
      and e.outcome = any(${[...(query.outcomes ?? SHOWN)]}) ${edge}
    order by e.timeline_order desc, e.event_hash desc
    limit ${query.limit}`;
  return rows.map(readEvent).reverse();
}

/** The bytes to compare with: nothing sorts before every hash. */
function pointHash(point: TimelinePoint): Uint8Array {
  return point.hash ?? NO_HASH;
}

/** A room's whole control graph, in the order in which it was stored, of every outcome. */
export async function loadControlGraph(
  sql: Queryable,
  roomId: RoomId,
): Promise<readonly StoredEvent[]> {
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${roomId} and e.channel_id is null
    order by e.received_ts, e.writer_id, e.position`;
  return rows.map(readEvent);
}

export interface RoomHeads {
  readonly control: readonly EventId[];
  readonly channels: ReadonlyMap<ChannelId, readonly EventId[]>;
}

/** The ends of a room's graphs. A room that is not held has none. */
export async function loadHeads(sql: Queryable, roomId: RoomId): Promise<RoomHeads> {
  const rows = await sql<{ channel_id: string; event_ids: EventId[] }[]>`
    select channel_id, event_ids from graph_heads where room_id = ${roomId}`;
  const channels = new Map<ChannelId, readonly EventId[]>();
  let control: readonly EventId[] = [];
  for (const row of rows) {
    if (row.channel_id === "") control = row.event_ids;
    else channels.set(row.channel_id as ChannelId, row.event_ids);
  }
  return { control, channels };
}
