import type { Queryable, Tx } from "../postgres/sql.ts";
import { listTables, quoted } from "./catalog.ts";
import type { BackupTable } from "./format.ts";

/** The first table of the target that holds anything, or undefined where all is empty. */
export async function findRows(sql: Queryable): Promise<string | undefined> {
  for (const { name } of await listTables(sql)) {
    const rows = await sql.unsafe(`select 1 from ${quoted(name)} limit 1`);
    if (rows.length > 0) return name;
  }
  return undefined;
}

/** Takes away everything that migrations made, and nothing that belongs to an extension. */
export async function dropEverything(tx: Tx): Promise<void> {
  await tx.unsafe(`
    do $$
    declare found record;
    begin
      for found in
        select format('drop %s if exists %I.%I cascade',
          case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
            when 'S' then 'sequence' else 'table' end, n.nspname, c.relname) as command
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'S')
          and not c.relispartition
          and not exists (
            select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
              and (d.deptype = 'e' or (c.relkind = 'S' and d.deptype in ('i', 'a'))))
      loop execute found.command; end loop;
      for found in
        select format('drop routine if exists %s cascade', p.oid::regprocedure) as command
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = current_schema()
          and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      loop execute found.command; end loop;
      for found in
        select format('drop type if exists %I.%I cascade', n.nspname, t.typname) as command
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where n.nspname = current_schema() and t.typtype in ('e', 'd')
          and not exists (select 1 from pg_depend d where d.objid = t.oid and d.deptype = 'e')
      loop execute found.command; end loop;
    end $$`);
}

/**
 * Runs `load` while no foreign key and no trigger of ours stands in its way, and puts both
 * back: the keys are checked then, over everything.
 */
export async function withoutConstraints(
  tx: Tx,
  tables: readonly BackupTable[],
  load: () => Promise<void>,
): Promise<void> {
  const names = tables.map((table) => table.name);
  const keys = await tx<{ table: string; name: string; definition: string }[]>`
    select c.relname::text as table, k.conname::text as name,
      pg_get_constraintdef(k.oid) as definition
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and k.contype = 'f' and k.conparentid = 0
    order by 1, 2`;
  for (const key of keys) {
    await tx.unsafe(`alter table ${quoted(key.table)} drop constraint ${quoted(key.name)}`);
  }
  for (const name of names) await tx.unsafe(`alter table ${quoted(name)} disable trigger user`);
  await load();
  for (const name of names) await tx.unsafe(`alter table ${quoted(name)} enable trigger user`);
  for (const key of keys) {
    await tx.unsafe(
      `alter table ${quoted(key.table)} add constraint ${quoted(key.name)} ${key.definition}`,
    );
  }
}
