import { Buffer } from "node:buffer";
import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ControlPage } from "../../federation/handle/ports.ts";
import { PAGE_BYTES } from "../../federation/handle/pdu_page.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../postgres/event_rows.ts";
import { loadEvents } from "../postgres/event_store.ts";
import type { Sql } from "../postgres/sql.ts";
import type { IntactEvents } from "./intact_events.ts";
import { heldOf } from "../rooms/load_room.ts";

/** Ancestors that a page may have to fetch from behind itself; honest orders need next to none. */
const FETCHED_MAX = 2000;

/** A place in the stored order, and how many events there were when the reading began. */
interface Cursor {
  readonly receivedTs: number;
  readonly writerId: number;
  readonly position: number;
  readonly total: number;
}

/**
 * One page of a room's control graph. The stored order is that of receipt, in which parents come
 * first: but clocks of two processes differ, and a redaction moves its target. So what a page
 * names and what stands only behind it is fetched and put before: it will come again in its own
 * place, and nobody who reads in order ever meets a child before its parents.
 */
export async function readControlPage(
  sql: Sql,
  intact: Pick<IntactEvents, "isIntact">,
  query: { readonly roomId: RoomId; readonly from?: string; readonly limit: number },
): Promise<ControlPage> {
  const { roomId, limit } = query;
  const cursor = parseCursor(query.from) ?? await firstCursor(sql, roomId);
  const rows = (await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${roomId} and e.channel_id is null and e.outcome = 'accepted'
      and (e.received_ts, e.writer_id, e.position) >
        (${cursor.receivedTs}, ${cursor.writerId}, ${cursor.position})
    order by e.received_ts, e.writer_id, e.position
    limit ${limit + 1}`).map(readEvent);
  const all = rows.slice(0, limit);
  const page = all.filter(intact.isIntact);
  const behind = await fetchBehind(sql, intact, { roomId, page });
  const { events, taken } = putParentsFirst(page, behind, limit);
  const whole = taken === page.length;
  // What is left out as damaged is passed over, also at the end of a page.
  const last = whole ? all.at(-1) : page[taken - 1];
  const next = last === undefined || (whole && rows.length <= limit)
    ? null
    : formatCursor({ ...last, total: cursor.total });
  return { events, next, total: cursor.total };
}

async function firstCursor(sql: Sql, roomId: RoomId): Promise<Cursor> {
  const [row] = await sql<{ total: number }[]>`
    select count(*)::int as total from events
    where room_id = ${roomId} and channel_id is null and outcome = 'accepted'`;
  return { receivedTs: -1, writerId: 0, position: 0, total: row?.total ?? 0 };
}

/** What these events name, and what that names in turn, as far as it stands after the last of them. */
async function fetchBehind(
  sql: Sql,
  intact: Pick<IntactEvents, "isIntact">,
  { roomId, page }: { readonly roomId: RoomId; readonly page: readonly StoredEvent[] },
): Promise<ReadonlyMap<EventId, StoredEvent>> {
  const behind = new Map<EventId, StoredEvent>();
  const last = page.at(-1);
  if (last === undefined) return behind;
  const looked = new Set(page.map((event) => event.eventId));
  for (let from: readonly StoredEvent[] = page; from.length > 0 && behind.size < FETCHED_MAX;) {
    const ids = new Set(from.flatMap(citedBy));
    const asked = [...ids].filter((id) => !looked.has(id));
    if (asked.length === 0) break;
    for (const id of asked) looked.add(id);
    // By id alone: told of the order too, the planner would read all that stands behind.
    const places = await sql<StoredPlace[]>`
      select event_id, received_ts, writer_id, position from events
      where room_id = ${roomId} and event_id = any(${asked})`;
    const late = places.filter((place) => isBehind(place, last)).map((place) => place.event_id);
    const rows = await loadEvents(sql, roomId, late.slice(0, FETCHED_MAX));
    from = rows.filter((row) =>
      row.channelId === undefined && row.outcome === "accepted" && intact.isIntact(row)
    );
    for (const event of from) behind.set(event.eventId, event);
  }
  return behind;
}

interface StoredPlace {
  readonly event_id: EventId;
  readonly received_ts: number;
  readonly writer_id: number;
  readonly position: number;
}

function isBehind(place: StoredPlace, last: StoredEvent): boolean {
  return (place.received_ts - last.receivedTs || place.writer_id - last.writerId ||
    place.position - last.position) > 0;
}

/** The events of as many rows as fit, each after what it names; `taken` counts the rows. */
function putParentsFirst(
  page: readonly StoredEvent[],
  behind: ReadonlyMap<EventId, StoredEvent>,
  limit: number,
): { events: ControlEvent[]; taken: number } {
  const near = new Map([...behind, ...page.map((row) => [row.eventId, row] as const)]);
  const placed = new Set<EventId>();
  const events: ControlEvent[] = [];
  let taken = 0;
  let bytes = 0;
  for (const row of page) {
    const chain = unplacedAncestors(row, near, placed);
    // A chain that fits on no page goes without its order: the reader waits for what is missing.
    const fitting = chain.length > limit ? [row] : chain;
    const size = fitting.reduce((sum, each) => sum + Buffer.byteLength(each.pdu), 0);
    if (events.length + fitting.length > limit || (taken > 0 && bytes + size > PAGE_BYTES)) break;
    bytes += size;
    for (const each of fitting) {
      placed.add(each.eventId);
      events.push(heldOf(each) as ControlEvent);
    }
    taken++;
  }
  return { events, taken };
}

/** The row and what must stand before it, in order. A stack of our own: chains are long. */
function unplacedAncestors(
  row: StoredEvent,
  near: ReadonlyMap<EventId, StoredEvent>,
  placed: ReadonlySet<EventId>,
): StoredEvent[] {
  const order: StoredEvent[] = [];
  const done = new Set<EventId>();
  const stack = placed.has(row.eventId) ? [] : [row];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const waiting = citedBy(top).flatMap((id) => {
      const cited = near.get(id);
      return cited === undefined || placed.has(id) || done.has(id) ? [] : cited;
    });
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    if (done.has(top.eventId)) continue;
    done.add(top.eventId);
    order.push(top);
  }
  return order;
}

function citedBy(stored: StoredEvent): readonly EventId[] {
  const { prev_events, auth_events } = (heldOf(stored) as ControlEvent).pdu;
  return [...prev_events, ...auth_events];
}

const CURSOR = /^(\d{1,15})\.(\d{1,9})\.(\d{1,15})\.(\d{1,9})$/;

function parseCursor(text: string | undefined): Cursor | undefined {
  const [, receivedTs, writerId, position, total] = CURSOR.exec(text ?? "") ?? [];
  if (total === undefined) return undefined;
  return {
    receivedTs: Number(receivedTs),
    writerId: Number(writerId),
    position: Number(position),
    total: Number(total),
  };
}

function formatCursor({ receivedTs, writerId, position, total }: Cursor): string {
  return [receivedTs, writerId, position, total].join(".");
}
