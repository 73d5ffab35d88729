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

/** A page of the audit, newest first. */
export async function listAudit(
  deps: { readonly sql: Sql },
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<{ entries: AdminAuditEntry[]; next: number | null }> {
  const rows = await deps.sql<AdminAuditEntry[]>`
    select id, ts, actor, action, target, reason, details from admin_audit
    where id < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by id desc limit ${page.limit + 1}`;
  const entries = rows.slice(0, page.limit).map((row) => ({ ...row }));
  return { entries, next: rows.length > page.limit ? (entries.at(-1)?.id ?? null) : null };
}
