import assert from "node:assert/strict";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { parseArray } from "./array_types.ts";

Deno.test("arrays go to the database and come back unchanged", async () => {
  await using db = await freshDatabase({ migrated: false });
  const texts = ["", "a", "NULL", 'q"uo,te', "back\\slash", "{brace}", " lead", "é\n😀", "$!:@"];
  for (const list of [texts, [], [""], ["only"]]) {
    const [row] = await db.sql`select ${list}::text[] as list, cardinality(${list}::text[]) as n`;
    assert.deepEqual([row?.["list"], row?.["n"]], [list, list.length]);
  }
  const [numbers] = await db.sql`
    select ${[1, -2]}::int[] as ints, ${[2 ** 53 - 1, 0]}::bigint[] as bigs,
      array['a', null]::text[] as holes`;
  assert.deepEqual({ ...numbers }, { ints: [1, -2], bigs: [2 ** 53 - 1, 0], holes: ["a", null] });
  const found = await db.sql`select 1 where 'q"uo,te' = any(${texts})`;
  assert.equal(found.length, 1);
});

Deno.test("an array of arrays is refused", () => {
  assert.throws(() => parseArray("{{1,2},{3,4}}"), /no plain list/);
});
