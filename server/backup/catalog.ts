import type { Queryable } from "../postgres/sql.ts";
import type { BackupHeader, BackupTable } from "./format.ts";

/** Kept by the migration itself. */
const OWN_TABLE = "schema_migrations";

/**
 * Every table with rows worth keeping, as the database itself knows it: no table is forgotten
 * because somebody forgot to list it. Partitions belong to their table; unlogged tables hold
 * what a crash may take anyway.
 */
export async function listTables(sql: Queryable): Promise<BackupTable[]> {
  const rows = await sql<{ name: string; column: string; type: string }[]>`
    select c.relname::text as name, a.attname::text as column,
      format_type(a.atttypid, a.atttypmod) as type
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid
    where n.nspname = current_schema()
      and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and c.relname <> ${OWN_TABLE}
    order by c.relname, a.attnum`;
  const tables = new Map<string, BackupTable>();
  for (const { name, column, type } of rows) {
    const table = tables.get(name) ?? { name, columns: [] };
    table.columns.push({ name: column, type });
    tables.set(name, table);
  }
  return [...tables.values()];
}

/** The columns that give a table a stable order: its primary key, or all of them. */
export async function orderColumns(sql: Queryable, table: BackupTable): Promise<string[]> {
  const rows = await sql<{ column: string }[]>`
    select a.attname::text as column
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral unnest(i.indkey) with ordinality as k(attnum, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where n.nspname = current_schema() and c.relname = ${table.name} and i.indisprimary
    order by k.place`;
  return rows.length > 0
    ? rows.map((row) => row.column)
    : table.columns.map((column) => column.name);
}

export async function listSequences(sql: Queryable): Promise<BackupHeader["sequences"]> {
  return await sql<BackupHeader["sequences"]>`
    select sequencename::text as name, coalesce(last_value, start_value)::text as last_value,
      last_value is not null as is_called
    from pg_sequences where schemaname = current_schema() order by sequencename`;
}

export async function listMigrations(sql: Queryable): Promise<BackupHeader["migrations"]> {
  return await sql<BackupHeader["migrations"]>`
    select version, name, checksum from schema_migrations order by version`;
}

/** Double-quoted, as a name stands in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
