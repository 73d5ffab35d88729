import assert from "node:assert/strict";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { silentLog } from "../system/log.ts";
import { connect, DatabaseRefusedError, requireDurability } from "./connect.ts";

Deno.test("a database that acknowledges before it stores is refused unless accepted", async () => {
  await using db = await freshDatabase({ migrated: false });
  await requireDurability(db.sql, { acceptUnsafe: false, log: silentLog });
  await db.sql.unsafe(`alter database ${db.name} set synchronous_commit = off`);
  const sql = connect({ url: db.url, poolSize: 1, log: silentLog });
  try {
    await assert.rejects(
      requireDurability(sql, { acceptUnsafe: false, log: silentLog }),
      (error) => {
        assert.ok(error instanceof DatabaseRefusedError);
        assert.match(error.message, /synchronous_commit=off/);
        return true;
      },
    );
    await requireDurability(sql, { acceptUnsafe: true, log: silentLog });
  } finally {
    await sql.end();
  }
});

Deno.test("64-bit integers arrive as numbers, and one beyond 2^53 is an error", async () => {
  await using db = await freshDatabase({ migrated: false });
  const [row] = await db.sql`select 9007199254740991::bigint as big`;
  assert.equal(row?.["big"], Number.MAX_SAFE_INTEGER);
  await assert.rejects(
    async () => await db.sql`select 9007199254740993::bigint as big`,
    /beyond what a number can hold/,
  );
});

Deno.test("every query is answered, however often its connection is ended", async () => {
  await using db = await freshDatabase({ migrated: false });
  const sql = connect({ url: db.url, poolSize: 1, log: silentLog, applicationName: "victim" });
  let running = true;
  let answered = 0;
  let failed = 0;
  const callers = Array.from({ length: 3 }, async () => {
    while (running) {
      await sql`select 1`.then(() => answered++, () => failed++);
    }
  });
  for (let round = 0; round < 150; round++) {
    await db.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`;
    await new Promise((resolve) => setTimeout(resolve, round % 20));
  }
  running = false;
  await Promise.all(callers);
  assert.ok(failed > 0 && answered > 0, `${answered} answered, ${failed} failed`);
  await sql.end();
});
