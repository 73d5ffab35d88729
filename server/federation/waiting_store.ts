import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { WaitingEvent, WaitingStore } from "../../federation/inbound/ports.ts";
import type { Door } from "../../federation/ports.ts";
import type { Sql } from "../postgres/sql.ts";

interface WaitingRecord {
  room_id: RoomId;
  event_id: EventId;
  origin: ServerName;
  door: Door;
  received_ts: number;
  pdu: string;
  missing: EventId[];
  missing_keys: string[];
  attempts: number;
  due_ts: number;
}

/** Waiting events in Postgres: what was acknowledged as waiting survives every restart. */
export class StoredWaiting implements WaitingStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async put(events: readonly WaitingEvent[]): Promise<readonly boolean[]> {
    const [first] = events;
    if (first === undefined) return [];
    const room = await this.#roomFor(first.origin, events);
    const kept = events.map((event) => room(event));
    const unique = [
      ...new Map(events.filter((_, at) => kept[at]).map((event) => [event.eventId, event]))
        .values(),
    ];
    if (unique.length === 0) return kept;
    const rows = unique.map((event) => ({ ...event, pdu: undefined }));
    // PDUs travel as they are: JSON of the database refuses what theirs may hold.
    const pdus = unique.map((event) => event.pdu);
    await this.#sql`
      insert into waiting_events (room_id, event_id, origin, door, received_ts, pdu, missing,
        missing_keys, attempts, due_ts)
      select x."roomId", x."eventId", x.origin, x.door, x."receivedTs", x.pdu, x.missing,
        x."missingKeys", x.attempts, x."dueTs"
      from rows from (
        json_to_recordset(${JSON.stringify(rows)}::text::json) as ("roomId" text, "eventId" text,
          origin text, door text, "receivedTs" bigint, missing text[], "missingKeys" text[],
          attempts int, "dueTs" bigint),
        unnest(${pdus}::text[])
      ) as x("roomId", "eventId", origin, door, "receivedTs", missing, "missingKeys", attempts,
        "dueTs", pdu)
      on conflict (room_id, event_id, origin) do update
      set missing = excluded.missing, missing_keys = excluded.missing_keys`;
    return kept;
  }

  /** Says of one event after another whether there is room. Two at once may pass a bound a little. */
  async #roomFor(origin: ServerName, events: readonly WaitingEvent[]) {
    const { maxWaiting, maxWaitingPerOrigin, maxWaitingBytesPerOrigin } = limits.federation;
    // Bytes, unlike characters, are known without unpacking what others have filled this with.
    const [row] = await this.#sql<
      { own: number; bytes: number; all: number; known: string[] }[]
    >`
      select count(*) filter (where origin = ${origin})::int as own,
        coalesce(sum(octet_length(pdu)) filter (where origin = ${origin}), 0)::bigint as bytes,
        count(*)::int as all,
        coalesce(array_agg(event_id) filter (where origin = ${origin}
          and event_id = any(${events.map((event) => event.eventId)})), '{}') as known
      from waiting_events`;
    const known = new Set(row?.known);
    const left = {
      own: maxWaitingPerOrigin - (row?.own ?? 0),
      bytes: maxWaitingBytesPerOrigin - (row?.bytes ?? 0),
      all: maxWaiting - (row?.all ?? 0),
    };
    const lacking = Math.min(events.length, left.own) - left.all;
    if (lacking > 0) left.all += await this.#makeRoom(origin, { own: row?.own ?? 0, lacking });
    const encoder = new TextEncoder();
    return ({ eventId, pdu }: WaitingEvent): boolean => {
      if (known.has(eventId)) return true;
      const { length } = encoder.encode(pdu);
      if (left.own <= 0 || left.all <= 0 || left.bytes < length) return false;
      known.add(eventId);
      left.own--;
      left.all--;
      left.bytes -= length;
      return true;
    };
  }

  /**
   * When all is full, whoever fills most of it yields to who fills less, what was tried most often
   * first: a few servers cannot keep all others' events from waiting. Answers how many went.
   */
  async #makeRoom(
    origin: ServerName,
    { own, lacking }: { readonly own: number; readonly lacking: number },
  ): Promise<number> {
    const [most] = await this.#sql<{ origin: string; count: number }[]>`
      select origin, count(*)::int as count from waiting_events where origin <> ${origin}
      group by origin order by count(*) desc, origin limit 1`;
    if (most === undefined) return 0;
    const yielded = Math.min(lacking, Math.floor((most.count - own) / 2));
    if (yielded <= 0) return 0;
    const { count } = await this.#sql`
      delete from waiting_events w
      using (select room_id, event_id from waiting_events where origin = ${most.origin}
        order by attempts desc, received_ts limit ${yielded}) old
      where w.room_id = old.room_id and w.event_id = old.event_id and w.origin = ${most.origin}`;
    return count;
  }

  async anyIn(roomId: RoomId): Promise<boolean> {
    const rows = await this.#sql`
      select 1 from waiting_events where room_id = ${roomId} limit 1`;
    return rows.length > 0;
  }

  async remove(roomId: RoomId, ids: readonly EventId[], origin?: ServerName): Promise<void> {
    await this.#sql`
      delete from waiting_events where room_id = ${roomId} and event_id = any(${[...ids]})
        and origin = coalesce(${origin ?? null}, origin)`;
  }

  async waitingFor(
    roomId: RoomId,
    ids: readonly EventId[],
    limit: number,
  ): Promise<readonly WaitingEvent[]> {
    const rows = await this.#sql<WaitingRecord[]>`
      select * from waiting_events
      where missing && ${[...ids]}::text[] and room_id = ${roomId}
      order by received_ts, event_id limit ${limit}`;
    return rows.map(readWaiting);
  }

  async claim(
    { nowMs, until, limit }: {
      readonly nowMs: number;
      readonly until: number;
      readonly limit: number;
    },
  ): Promise<readonly WaitingEvent[]> {
    const rows = await this.#sql<WaitingRecord[]>`
      update waiting_events w set due_ts = ${until}
      from (select room_id, event_id, origin from waiting_events
        where due_ts <= ${nowMs} order by due_ts limit ${limit} for update skip locked) due
      where w.room_id = due.room_id and w.event_id = due.event_id and w.origin = due.origin
      returning w.*`;
    return rows.map(readWaiting).sort((a, b) => a.receivedTs - b.receivedTs);
  }

  async postpone(
    event: Pick<WaitingEvent, "roomId" | "eventId" | "origin">,
    next: { readonly attempts: number; readonly dueTs: number },
  ): Promise<void> {
    await this.#sql`
      update waiting_events set attempts = ${next.attempts}, due_ts = ${next.dueTs}
      where room_id = ${event.roomId} and event_id = ${event.eventId}
        and origin = ${event.origin}`;
  }

  async nextDue(): Promise<number | undefined> {
    const [row] = await this.#sql<{ due_ts: number | null }[]>`
      select min(due_ts) as due_ts from waiting_events`;
    return row?.due_ts ?? undefined;
  }
}

function readWaiting(row: WaitingRecord): WaitingEvent {
  return {
    roomId: row.room_id,
    eventId: row.event_id,
    origin: row.origin,
    door: row.door,
    receivedTs: row.received_ts,
    pdu: row.pdu,
    missing: row.missing,
    missingKeys: row.missing_keys,
    attempts: row.attempts,
    dueTs: row.due_ts,
  };
}
