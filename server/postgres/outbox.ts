import { defineRowKind, recordset } from "./row_kind.ts";
import type { Queryable, Sql } from "./sql.ts";

/** Work that must follow a commit, e.g. kind `federation`, `search`, `push`, `media_use`. */
export interface OutboxRow {
  readonly kind: string;
  /** Rows of one lane (a destination) are handed out in order, one at a time. */
  readonly lane?: string;
  readonly payload: unknown;
  readonly createdTs: number;
  /** Not handed out before; default at once. */
  readonly dueTs?: number;
}

export interface OutboxJob {
  readonly id: number;
  readonly kind: string;
  readonly lane: string | undefined;
  readonly payload: unknown;
  readonly createdTs: number;
  /** How often it was handed out, this time included. */
  readonly attempts: number;
}

/** Outbox rows as part of an append entry: stored if and only if the entry is. */
export const outboxRows = defineRowKind<OutboxRow>("outbox", insertStatement);

/** Outbox rows inside an ordinary transaction. */
export async function enqueue(sql: Queryable, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length > 0) await insertStatement(sql, rows);
}

function insertStatement(sql: Queryable, rows: readonly OutboxRow[]) {
  const encoded = rows.map((row) => ({
    k: row.kind,
    l: row.lane,
    p: row.payload,
    c: row.createdTs,
    d: row.dueTs ?? row.createdTs,
  }));
  return sql`
    insert into outbox (kind, lane, payload, created_ts, due_ts)
    select x.k, x.l, x.p, x.c, x.d
    from json_to_recordset(${recordset(sql, encoded)})
      as x(k text, l text, p jsonb, c bigint, d bigint)`;
}

export interface ClaimOptions {
  readonly kind: string;
  readonly limit: number;
  readonly nowMs: number;
  /** How long the claimant may take before the rows are handed out again. */
  readonly leaseMs: number;
}

/**
 * Takes due rows, oldest first, so that no two claimants hold the same. Of a lane only its
 * oldest row can be taken, so a lane with a claimed or postponed row waits.
 */
export async function claimJobs(sql: Sql, options: ClaimOptions): Promise<readonly OutboxJob[]> {
  const rows = await sql<
    {
      outbox_id: number;
      kind: string;
      lane: string | null;
      payload: unknown;
      created_ts: number;
      attempts: number;
    }[]
  >`
    with due as materialized (
      select outbox_id from outbox o
      where kind = ${options.kind} and due_ts <= ${options.nowMs}
        and (lane is null or not exists (
          select from outbox former
          where former.kind = o.kind and former.lane = o.lane and former.outbox_id < o.outbox_id))
      order by outbox_id
      limit ${options.limit}
      for update skip locked
    )
    update outbox o
    set due_ts = ${options.nowMs + options.leaseMs}, attempts = o.attempts + 1
    from due where o.outbox_id = due.outbox_id
    returning o.outbox_id, o.kind, o.lane, o.payload, o.created_ts, o.attempts`;
  return rows
    .map((row) => ({
      id: row.outbox_id,
      kind: row.kind,
      lane: row.lane ?? undefined,
      payload: row.payload,
      createdTs: row.created_ts,
      attempts: row.attempts,
    }))
    .sort((a, b) => a.id - b.id);
}

/** The work is done: its rows go. */
export async function completeJobs(sql: Queryable, ids: readonly number[]): Promise<void> {
  await sql`delete from outbox where outbox_id = any(${[...ids]}::bigint[])`;
}

/** The work failed or must wait: handed out again at `dueTs`. */
export async function postponeJob(sql: Queryable, id: number, dueTs: number): Promise<void> {
  await sql`update outbox set due_ts = ${dueTs} where outbox_id = ${id}`;
}
