import assert from "node:assert/strict";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";
import { cleanPreviews } from "./preview_rows.ts";

Deno.test("one round takes away all that no message shows, and leaves what is asked for now", async () => {
  await using database = await freshDatabase();
  const { sql } = database;
  const many = PREVIEW_LIMITS.cleanedAtOnce + 1;
  await sql`
    insert into link_previews (preview_id, url, asking_until, used_ts)
    select n, n, case when n = 0 then 2000 else 0 end, 500 from generate_series(0, ${many}::int) n`;
  await cleanPreviews(sql, { nowMs: 1000, keptMs: 1000 });
  const left = await sql`select url from link_previews`;
  assert.deepEqual(left.map(({ url }) => url), ["0"]);
});
