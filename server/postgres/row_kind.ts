import type { PendingQuery, Row } from "postgres";
import type { Queryable } from "./sql.ts";

/** A piece of SQL with its parameters, to be placed inside a larger statement. */
export type Fragment = PendingQuery<Row[]>;

/**
 * One table's way to be written by the append log. A batch is a single statement: every kind
 * gives one `insert`, `update` or `delete` for all rows of the batch, and the log joins them
 * as `with ... as (...)`. That keeps group commit: however many callers brought rows, there is
 * one statement for each table and one commit for all.
 *
 * So `write` is synchronous, must touch each database row once (fold the rows first: later rows
 * win over earlier ones, they stand in order), and sees the database as it was before the batch.
 * A broken constraint fails only the entry that brought the row (`AppendError.constraint`).
 */
export interface RowKind<Row> {
  /** `[a-z_]+`, unique: the name of the part inside the statement. */
  readonly name: string;
  /** Tags a row for `AppendEntry.rows`. */
  of(row: Row): TaggedRow;
}

/** A row together with the kind that writes it. */
export interface TaggedRow {
  readonly kind: RowWriter;
  readonly row: unknown;
}

export interface RowWriter {
  readonly name: string;
  write(sql: Queryable, rows: readonly unknown[]): Fragment;
}

export function defineRowKind<Row>(
  name: string,
  write: (sql: Queryable, rows: readonly Row[]) => Fragment,
): RowKind<Row> {
  // `of` is the only way to a tagged row, so that the rows handed back are of this kind.
  const writer: RowWriter = { name, write: (sql, rows) => write(sql, rows as readonly Row[]) };
  return { name, of: (row) => ({ kind: writer, row }) };
}

/** A parameter that becomes a table: `from json_to_recordset(${recordset(sql, rows)}) as ...`. */
export function recordset(sql: Queryable, rows: readonly unknown[] | string): Fragment {
  const text = typeof rows === "string" ? rows : JSON.stringify(rows);
  return sql`${text}::text::json`;
}
