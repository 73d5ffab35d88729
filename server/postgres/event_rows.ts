import type { HeldEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type Fragment, recordset } from "./row_kind.ts";
import type { Queryable } from "./sql.ts";

/** How the receipt of an event ended. PROTOCOL.md 7. */
export type Outcome = "accepted" | "soft_failed" | "rejected";

/** An event as it is stored. */
export interface EventRow {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  /** The 32 raw bytes behind `eventId`. */
  readonly hash: Uint8Array;
  readonly type: string;
  readonly stateKey?: string;
  /** Absent on control events. */
  readonly channelId?: ChannelId;
  readonly sender: UserId;
  readonly originTs: number;
  /** order(e) of PROTOCOL.md 7; on timeline events only. */
  readonly order?: number;
  readonly outcome: Outcome;
  readonly receivedTs: number;
  /** True when only the redacted core is held. */
  readonly withheld: boolean;
  /** The redaction or purge that took the content away. */
  readonly redactedBy?: EventId;
  /** Canonical JSON of the PDU as held, signatures included. */
  readonly pdu: string;
  /** The parsed event, where the one who stored it had it at hand; absent when read back. */
  readonly held?: HeldEvent;
}

/** Where the append log stored something: positions of one writer only grow. */
export interface Position {
  readonly writerId: number;
  readonly position: number;
}

export interface StoredEvent extends EventRow, Position {
  /** It was stored before and has changed. */
  readonly moved?: true;
  /** Where it stood first, of one that has `moved`; known when it is read back. */
  readonly first?: Position;
}

/**
 * All but the position and the PDU, as the inside of a JSON object without its opening brace:
 * encoded once when the event is handed in, and completed when its batch gives it a position.
 */
export function encodeEvent(row: EventRow): string {
  const fields = {
    r: row.roomId,
    e: row.eventId,
    h: row.hash.toHex(),
    t: row.type,
    k: row.stateKey,
    c: row.channelId,
    s: row.sender,
    o: row.originTs,
    n: row.order,
    u: row.outcome,
    v: row.receivedTs,
    w: row.withheld,
    b: row.redactedBy,
  };
  return JSON.stringify(fields).slice(1);
}

export interface PlacedEvent {
  readonly position: number;
  readonly row: EventRow;
  /** What `encodeEvent` gave. */
  readonly encoded: string;
}

/**
 * The events as a table. PDUs travel beside the other columns, with record separators between
 * them, which JSON text cannot contain (RFC 7464): neither side has to escape or parse them,
 * and a `\u0000` inside one, which the database's own JSON refuses, stays what it is.
 */
function placed(sql: Queryable, events: readonly PlacedEvent[]): Fragment {
  const rows = events.map((event) => `{"p":${event.position},${event.encoded}`);
  const pdus = events.map((event) => event.row.pdu).join("\x1e");
  return sql`rows from (
    json_to_recordset(${recordset(sql, `[${rows.join(",")}]`)}) as (p bigint, r text, e text,
      h text, t text, k text, c text, s text, o bigint, n bigint, u text, v bigint, w boolean,
      b text),
    string_to_table(${pdus}::text, chr(30))
  ) as x(p, r, e, h, t, k, c, s, o, n, u, v, w, b, d)`;
}

/** Inserts new events. One that is stored already breaks the primary key. */
export function insertEvents(
  sql: Queryable,
  writerId: number,
  events: readonly PlacedEvent[],
): Fragment {
  return sql`
    insert into events (room_id, event_id, event_hash, type, state_key, channel_id, sender,
      origin_ts, timeline_order, writer_id, position, outcome, received_ts, withheld,
      redacted_by, pdu)
    select x.r, x.e, decode(x.h, 'hex'), x.t, x.k, x.c, x.s, x.o, x.n, ${writerId}::int, x.p,
      x.u, x.v, x.w, x.b, x.d
    from ${placed(sql, events)}`;
}

/**
 * Writes what may change about stored events, and gives them a new position, so that every
 * reader meets them again: a soft-failed event that is now accepted, content that was redacted
 * or arrived late, an order that moved when a gap closed.
 */
export function updateEvents(
  sql: Queryable,
  writerId: number,
  events: readonly PlacedEvent[],
): Fragment {
  return sql`
    update events set timeline_order = x.n, writer_id = ${writerId}::int, position = x.p,
      first_writer_id = coalesce(events.first_writer_id, events.writer_id),
      first_position = coalesce(events.first_position, events.position),
      outcome = x.u, withheld = x.w, redacted_by = x.b, pdu = x.d
    from ${placed(sql, events)}
    where events.room_id = x.r and events.event_id = x.e`;
}

/** The columns that `readEvent` reads. */
export function eventColumns(sql: Queryable): Fragment {
  return sql`e.room_id, e.event_id, e.event_hash, e.type, e.state_key, e.channel_id, e.sender,
    e.origin_ts, e.timeline_order, e.writer_id, e.position, e.outcome, e.received_ts,
    e.withheld, e.redacted_by, e.pdu, e.first_writer_id, e.first_position`;
}

export interface EventRecord {
  room_id: RoomId;
  event_id: EventId;
  event_hash: Uint8Array;
  type: string;
  state_key: string | null;
  channel_id: ChannelId | null;
  sender: UserId;
  origin_ts: number;
  timeline_order: number | null;
  writer_id: number;
  position: number;
  outcome: Outcome;
  received_ts: number;
  withheld: boolean;
  redacted_by: EventId | null;
  pdu: string;
  first_writer_id: number | null;
  first_position: number | null;
}

export function readEvent(record: EventRecord): StoredEvent {
  return {
    roomId: record.room_id,
    eventId: record.event_id,
    hash: new Uint8Array(record.event_hash),
    type: record.type,
    ...(record.state_key === null ? {} : { stateKey: record.state_key }),
    ...(record.channel_id === null ? {} : { channelId: record.channel_id }),
    sender: record.sender,
    originTs: record.origin_ts,
    ...(record.timeline_order === null ? {} : { order: record.timeline_order }),
    outcome: record.outcome,
    receivedTs: record.received_ts,
    withheld: record.withheld,
    ...(record.redacted_by === null ? {} : { redactedBy: record.redacted_by }),
    pdu: record.pdu,
    writerId: record.writer_id,
    position: record.position,
    ...readFirst(record),
  };
}

function readFirst(record: EventRecord): Pick<StoredEvent, "moved" | "first"> {
  const { first_writer_id: writerId, first_position: position } = record;
  if (writerId === null || position === null) return {};
  return { moved: true, first: { writerId, position } };
}
