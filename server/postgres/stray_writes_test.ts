import assert from "node:assert/strict";
import { MemoryLog } from "../../tests/harness/parts.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { silentLog } from "../system/log.ts";
import { connect } from "./connect.ts";
import { forgiveStrayWrites } from "./stray_writes.ts";

Deno.test("a transaction whose connection ends between two statements fails, and nothing else does", async () => {
  await using database = await freshDatabase();
  const log = new MemoryLog();
  using _guard = forgiveStrayWrites(log);
  const sql = connect({ url: database.url, poolSize: 1, log: silentLog });
  const closed = Promise.withResolvers<void>();
  try {
    const transaction = sql.begin(async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await database.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
      // Who began the transaction has been told of the close; what runs in it has not.
      await closed.promise;
      await tx`select 1`;
    });
    await assert.rejects(transaction.finally(closed.resolve), { code: "CONNECTION_CLOSED" });
    const [row] = await sql<{ one: number }[]>`select 1 as one`;
    assert.equal(row?.one, 1);
    assert.equal(log.lines.length, 1, "the stray statement was noticed");
  } finally {
    await sql.end();
  }
});

Deno.test("other errors that nobody caught are left to end the process", () => {
  const log = new MemoryLog();
  using _guard = forgiveStrayWrites(log);
  for (const error of [new TypeError("Cannot read properties of null (reading 'write')"), null]) {
    const event = new ErrorEvent("error", { error, cancelable: true });
    // Without a listener of the runtime's own an event that nobody prevents ends nothing.
    globalThis.dispatchEvent(event);
    assert.equal(event.defaultPrevented, false);
  }
  assert.deepEqual(log.lines, []);
});
