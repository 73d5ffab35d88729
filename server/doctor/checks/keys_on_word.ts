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
    const whose = wordOf.join(", ");
    return denied === 0
      ? ok(
        CHECK,
        `${server} does not answer. What its people did before this server came rests on the word ` +
          `of ${whose} (keys: ${keys}) until it answers.`,
      )
      : problem(
        CHECK,
        `${server} answers, and does not list ${denied} of the keys that were taken on the word of ` +
          `${whose}: what its people are said to have done with them is not confirmed.`,
        `Ask whoever runs ${server}. If it was set up anew, the past is right, and a backup gives ` +
          "it its keys again. If they know nothing of it, it was made up: leave the guild, block " +
          "whoever gave their word (federation.block), and join again through a server you trust.",
      );
  });
}
