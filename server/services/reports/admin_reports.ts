import type {
  Report,
  ReportedWording,
  ReportOutcome,
  ReportReason,
} from "../../../core/api/reports.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import { writeAudit } from "../accounts/audit.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { reportedPlace } from "./reported_place.ts";

interface ReportRow {
  readonly report_id: string;
  readonly reporter: UserId;
  readonly author: UserId;
  readonly room_id: string;
  readonly channel_id: string;
  readonly event_id: string;
  readonly said_ts: number;
  readonly reason: ReportReason;
  readonly note: string | null;
  readonly sealed: boolean;
  readonly wordings: ReportedWording[] | null;
  readonly created_ts: number;
  readonly outcome: ReportOutcome | null;
  readonly closed_by: string | null;
  readonly closed_ts: number | null;
  readonly closing_note: string | null;
}

/**
 * A page of reports as `viewer` is shown it, the newest first.
 * @throws OperationError `invalid` for another `before`
 */
export async function listReports(
  deps: Pick<ChatDeps, "sql" | "users" | "rooms" | "clock">,
  viewer: UserId,
  page: {
    readonly state: "open" | "closed";
    readonly limit: number;
    readonly before?: string | undefined;
  },
): Promise<{ reports: Report[]; open: number; next: string | null }> {
  const { sql } = deps;
  const from = readMark(page.before);
  const isOf = page.state === "open" ? sql`outcome is null` : sql`outcome is not null`;
  const rows = await sql<ReportRow[]>`
    select * from message_reports where ${isOf}
      and (created_ts, report_id) < (${from.ts}, ${from.id})
    order by created_ts desc, report_id desc limit ${page.limit + 1}`;
  const shown = rows.slice(0, page.limit);
  const people = await deps.users.find([
    ...new Set(shown.flatMap(({ reporter, author }) => [reporter, author])),
  ]);
  const nameless = (id: string) => ({
    id,
    display_name: null,
    avatar: null,
    bio: null,
    status: null,
    bot: false,
  });
  const userOf = (id: UserId) => people.get(id) ?? nameless(id);
  const [count] = await sql<{ open: number }[]>`
    select count(*)::int as open from message_reports where outcome is null`;
  const places = await Promise.all(shown.map((row) => reportedPlace(deps, viewer, row)));
  const last = shown.at(-1);
  return {
    reports: shown.map((row, at) => ({
      id: row.report_id,
      reporter: userOf(row.reporter),
      author: userOf(row.author),
      room_id: row.room_id,
      channel_id: row.channel_id,
      place: places[at] ?? null,
      event_id: row.event_id,
      said_ts: row.said_ts,
      reason: row.reason,
      note: row.note,
      sealed: row.sealed,
      wordings: row.wordings,
      created_ts: row.created_ts,
      closed: closedOf(row),
    })),
    open: count?.open ?? 0,
    next: rows.length > page.limit && last !== undefined
      ? `${last.created_ts}.${last.report_id}`
      : null,
  };
}

function closedOf({ outcome, closed_by, closed_ts, closing_note }: ReportRow): Report["closed"] {
  if (outcome === null || closed_by === null || closed_ts === null) return null;
  return { outcome, by: closed_by, ts: closed_ts, note: closing_note };
}

function readMark(text: string | undefined): { readonly ts: number; readonly id: string } {
  if (text === undefined) return { ts: Number.MAX_SAFE_INTEGER, id: "" };
  const [, ts, id] = /^(\d{1,15})\.(\w+)$/.exec(text) ?? [];
  if (ts !== undefined && id !== undefined) return { ts: Number(ts), id };
  throw new OperationError("invalid", `${JSON.stringify(text)} is no mark of a page of reports.`);
}

/** @throws OperationError `not_found`, `conflict` where it was closed before */
export async function closeReport(
  deps: Pick<ChatDeps, "sql" | "clock">,
  input: {
    readonly actor: UserId;
    readonly reportId: string;
    readonly outcome: ReportOutcome;
    readonly note: string | undefined;
  },
): Promise<void> {
  const ts = deps.clock.now();
  const note = input.note || null;
  await deps.sql.begin(async (tx) => {
    const [row] = await tx<Pick<ReportRow, "outcome" | "author" | "closed_by">[]>`
      select outcome, author, closed_by from message_reports
      where report_id = ${input.reportId} for update`;
    if (row === undefined) {
      throw new OperationError("not_found", "There is no such report; it may be too old.");
    }
    if (row.outcome !== null) {
      throw new OperationError("conflict", `${row.closed_by} has closed this report already.`);
    }
    await tx`
      update message_reports set outcome = ${input.outcome}, closed_by = ${input.actor},
        closed_ts = ${ts}, closing_note = ${note}
      where report_id = ${input.reportId}`;
    await writeAudit(tx, {
      ts,
      actor: input.actor,
      action: "report.close",
      target: row.author,
      reason: note,
      details: { report: input.reportId, outcome: input.outcome },
    });
  });
}

/** Forgets what was said some time after a report was closed, and later the report; hourly. */
export async function sweepReports({ sql, clock }: Pick<ChatDeps, "sql" | "clock">): Promise<void> {
  const nowMs = clock.now();
  await sql`
    update message_reports set wordings = null
    where closed_ts <= ${nowMs - limits.reports.wordsKeptMs} and wordings is not null`;
  await sql`delete from message_reports where closed_ts <= ${nowMs - limits.reports.keptMs}`;
}
