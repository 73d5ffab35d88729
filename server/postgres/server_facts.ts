import type { Queryable } from "./sql.ts";

/** What is known about this homeserver's database, e.g. `server_name`, `instance`. */
export async function readFact(sql: Queryable, name: string): Promise<string | undefined> {
  const [row] = await sql<{ value: string }[]>`
    select value from server_facts where name = ${name}`;
  return row?.value;
}

/** Sets a fact that has none yet; answers the one that stands then. */
export async function settleFact(sql: Queryable, name: string, value: string): Promise<string> {
  await sql`
    insert into server_facts (name, value) values (${name}, ${value}) on conflict do nothing`;
  return await readFact(sql, name) ?? value;
}

/** Sets or replaces a fact. */
export async function writeFact(sql: Queryable, name: string, value: string): Promise<void> {
  await sql`
    insert into server_facts (name, value) values (${name}, ${value})
    on conflict (name) do update set value = excluded.value`;
}

/**
 * Tells this database from any other and from itself before a restore: stands in sync tokens.
 * A restore must `writeFact` a new one. `[0-9A-Za-z]{1,16}`.
 */
export const INSTANCE_FACT = "instance";
