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

  async put(event: WaitingEvent): Promise<boolean> {
    const { maxWaiting, maxWaitingPerOrigin, maxWaitingBytesPerOrigin } = limits.federation;
    // Counted and written in one statement; two at once may pass a bound by one.
    const rows = await this.#sql`
      insert into waiting_events (room_id, event_id, origin, door, received_ts, pdu, missing,
        missing_keys, attempts, due_ts)
      select ${event.roomId}, ${event.eventId}, ${event.origin}, ${event.door},
        ${event.receivedTs}::bigint, ${event.pdu}, ${[...event.missing]}::text[],
        ${[...event.missingKeys]}::text[], ${event.attempts}::int, ${event.dueTs}::bigint
      where exists (select from waiting_events w where w.room_id = ${event.roomId}
          and w.event_id = ${event.eventId} and w.origin = ${event.origin})
        or ((select count(*) < ${maxWaitingPerOrigin}
            and coalesce(sum(length(w.pdu)), 0) + ${event.pdu.length} <= ${maxWaitingBytesPerOrigin}
          from waiting_events w where w.origin = ${event.origin})
          and (select count(*) from waiting_events) < ${maxWaiting})
      on conflict (room_id, event_id, origin) do update
      set missing = excluded.missing, missing_keys = excluded.missing_keys
      returning 1`;
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
