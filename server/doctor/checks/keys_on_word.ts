import { listKeysOnWord } from "../../federation/keys_on_word.ts";
import type { Sql } from "../../postgres/sql.ts";
import { type Finding, ok, problem } from "../finding.ts";

const CHECK = "keys of others";
/** Servers that are told of. */
const TOLD_MAX = 20;

/** Keys of servers that did not answer, taken on the word of others. PROTOCOL.md 8. */
export async function checkKeysOnWord(sql: Sql): Promise<Finding[]> {
  // Before the first start, and before an update, there are none.
  const [known] = await sql`
    select 1 from information_schema.columns
    where table_name = 'key_entries' and column_name = 'word_of'`;
  if (known === undefined) return [];
  const found = await listKeysOnWord(sql, { limit: TOLD_MAX });
  return found.map(({ server, keys, denied, wordOf }) => {
    const values = { server, keys, denied, names: wordOf.join(", ") };
    return denied === 0
      ? ok(CHECK, "keys.silent", values)
      : problem(CHECK, ["keys.denied", "keys.ask"], values);
  });
}
