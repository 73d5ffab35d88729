import type { AdminAuditEntry } from "../../../core/api/admin.ts";
import type { Queryable, Sql } from "../../postgres/sql.ts";

export interface AuditRecord {
  readonly ts: number;
  /** User id; null from the command line. */
  readonly actor: string | null;
  readonly action: string;
  readonly target?: string | null;
  readonly reason?: string | null;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes what an administrator did, in the transaction that does it. */
export async function writeAudit(sql: Queryable, record: AuditRecord): Promise<void> {
  await sql`
    insert into admin_audit (ts, actor, action, target, reason, details)
    values (${record.ts}, ${record.actor}, ${record.action}, ${record.target ?? null},
      ${record.reason ?? null}, ${sql.json(record.details ?? {})})`;
}

/** In the place of an actor: acts of the command line. */
const FROM_COMMAND_LINE = "cli";

/** A page of the audit, newest first. */
export async function listAudit(
  deps: { readonly sql: Sql },
  page: {
    readonly limit: number;
    readonly before?: number | undefined;
    readonly action?: string | undefined;
    readonly actor?: string | undefined;
    readonly target?: string | undefined;
  },
): Promise<{ entries: AdminAuditEntry[]; next: number | null }> {
  const { sql } = deps;
  const { action, actor, target } = page;
  const rows = await sql<AdminAuditEntry[]>`
    select id, ts, actor, action, target, reason, details from admin_audit
    where id < ${page.before ?? Number.MAX_SAFE_INTEGER}
      ${action === undefined ? sql`` : sql`and starts_with(action, ${action})`}
      ${
    actor === undefined
      ? sql``
      : actor === FROM_COMMAND_LINE
      ? sql`and actor is null`
      : sql`and actor = ${actor}`
  }
      ${target === undefined ? sql`` : sql`and target = ${target}`}
    order by id desc limit ${page.limit + 1}`;
  const entries = rows.slice(0, page.limit).map((row) => ({ ...row }));
  return { entries, next: rows.length > page.limit ? (entries.at(-1)?.id ?? null) : null };
}
