import type { InboundReceipt } from "../../../core/api/admin_federation.ts";
import { readReason } from "../../../core/event/receipt_reason.ts";
import type { Sql } from "../../postgres/sql.ts";

export interface InboundEventsQuery {
  readonly server?: string | undefined;
  readonly room_id?: string | undefined;
  readonly event_id?: string | undefined;
  readonly outcome?: InboundReceipt["outcome"] | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Receipts that did not end in acceptance, the newest first, and how many events wait now. */
export async function listInboundEvents(
  sql: Sql,
  query: InboundEventsQuery,
): Promise<{ events: InboundReceipt[]; waiting: number }> {
  const { server, room_id: room, event_id: event, outcome, before, limit } = query;
  const rows = await sql<Omit<InboundReceipt, "code">[]>`
    select receipt_id as id, received_ts, door, origin, outcome, reason, room_id, event_id,
      sender, type
    from inbound_receipts
    where receipt_id < ${before ?? Number.MAX_SAFE_INTEGER}
      ${server === undefined ? sql`` : sql`and origin = ${server}`}
      ${room === undefined ? sql`` : sql`and room_id = ${room}`}
      ${event === undefined ? sql`` : sql`and event_id = ${event}`}
      ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}`}
    order by receipt_id desc limit ${limit}`;
  const [count] = await sql<{ waiting: number }[]>`
    select count(*)::int as waiting from waiting_events`;
  const events = rows.map((row) => ({ ...row, code: readReason(row.reason).code ?? null }));
  return { events, waiting: count?.waiting ?? 0 };
}
