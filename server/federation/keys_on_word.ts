import type { ServerName } from "../../core/ids/server_name.ts";
import type { Queryable } from "../postgres/sql.ts";

/** Keys of a server that rest on the word of others. PROTOCOL.md 8. */
export interface KeysOnWord {
  readonly server: ServerName;
  readonly keys: number;
  /** Of these, how many the server answers without. */
  readonly denied: number;
  /** On whose word. */
  readonly wordOf: readonly ServerName[];
}

/** Of all servers or of these; those that deny keys first. */
export async function listKeysOnWord(
  sql: Queryable,
  { servers, limit }: { readonly servers?: readonly string[]; readonly limit: number },
): Promise<KeysOnWord[]> {
  const rows = await sql<
    { server: ServerName; keys: number; denied: number; word_of: ServerName[] }[]
  >`
    select server, count(*) as keys, count(denied_ts) as denied,
      (select array_agg(distinct name order by name)
        from key_entries as each, unnest(each.word_of) as name
        where each.server = key_entries.server) as word_of
    from key_entries
    where word_of is not null
      ${servers === undefined ? sql`` : sql`and server = any(${[...servers]})`}
    group by server order by count(denied_ts) = 0, server limit ${limit}`;
  return rows.map(({ word_of: wordOf, ...row }) => ({ ...row, wordOf }));
}
