import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Receipt, Receipts } from "../../federation/inbound/ports.ts";
import type { Door } from "../../federation/ports.ts";
import { defineRowKind, recordset } from "../postgres/row_kind.ts";
import type { Queryable, Sql } from "../postgres/sql.ts";

/** Receipts kept for administrators; the oldest go. */
const RECEIPTS_MAX = 20_000;
/** Receipts of one server a minute that are written down: a flood must not become a flood of rows. */
const PER_ORIGIN_PER_MINUTE = 120;
/** Receipts that wait to be written. */
const BUFFERED_MAX = 1000;
const WRITE_EVERY_MS = 500;
/** Characters of a reason that are kept. */
const REASON_CHARS = 500;

/** A receipt that did not end in acceptance, as it is stored. */
export interface ReceiptRow {
  readonly receivedTs: number;
  readonly door: Door;
  readonly origin: ServerName;
  readonly outcome: "soft_failed" | "rejected" | "waiting" | "dropped";
  readonly reason: string;
  readonly roomId?: RoomId;
  readonly eventId?: EventId;
  readonly sender?: UserId;
  readonly type?: string;
}

function insertReceipts(sql: Queryable, rows: readonly ReceiptRow[]) {
  const clean = rows.map((row) => ({ ...row, reason: storable(row.reason) }));
  return sql`
    insert into inbound_receipts (received_ts, door, origin, outcome, reason, room_id, event_id,
      sender, type)
    select x."receivedTs", x.door, x.origin, x.outcome, x.reason, x."roomId", x."eventId",
      x.sender, x.type
    from json_to_recordset(${recordset(sql, clean)}) as x("receivedTs" bigint, door text,
      origin text, outcome text, reason text, "roomId" text, "eventId" text, sender text,
      type text)`;
}

/** Reasons quote what came in, which may hold what the database's text cannot. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "").slice(0, REASON_CHARS).toWellFormed();
}

/** Stored with the event they are about. */
export const receiptRows = defineRowKind<ReceiptRow>("inbound_receipts", insertReceipts);

export interface StoredReceiptsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
}

/** Receipts of what left nothing behind; written in groups, and rather lost than waited for. */
export class StoredReceipts implements Receipts, AsyncDisposable {
  readonly #deps: StoredReceiptsDeps;
  readonly #ending = new AbortController();
  readonly #counts = new Map<ServerName, number>();
  #minute = 0;
  #buffered: ReceiptRow[] = [];
  #writing: Promise<void> | undefined;

  constructor(deps: StoredReceiptsDeps) {
    this.#deps = deps;
  }

  note(receipt: Receipt): void {
    const nowMs = this.#deps.clock.now();
    if (this.#buffered.length >= BUFFERED_MAX || !this.#admit(receipt.origin, nowMs)) return;
    this.#buffered.push({ ...receipt, receivedTs: nowMs });
    this.#writing ??= this.#writeSoon();
  }

  #admit(origin: ServerName, nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) this.#counts.clear();
    this.#minute = minute;
    const count = (this.#counts.get(origin) ?? 0) + 1;
    this.#counts.set(origin, count);
    return count <= PER_ORIGIN_PER_MINUTE;
  }

  async #writeSoon(): Promise<void> {
    const { clock, log } = this.#deps;
    await clock.sleep(WRITE_EVERY_MS, this.#ending.signal).catch(() => undefined);
    try {
      await this.#write();
    } catch (error) {
      log.log("warn", "Receipts of other servers' events could not be written down.", { error });
    } finally {
      this.#writing = undefined;
    }
  }

  async #write(): Promise<void> {
    const rows = this.#buffered;
    this.#buffered = [];
    if (rows.length > 0) await insertReceipts(this.#deps.sql, rows);
  }

  /** Writes what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#writing;
    await this.#write().catch(() => undefined);
  }
}

/** Keeps the newest receipts alone. */
export async function sweepReceipts(sql: Sql): Promise<void> {
  await sql`
    delete from inbound_receipts
    where receipt_id <= (select max(receipt_id) - ${RECEIPTS_MAX} from inbound_receipts)`;
}
