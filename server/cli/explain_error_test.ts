import assert from "node:assert/strict";
import { createServer } from "node:http";
import { freePort } from "../../scripts/lib/free_port.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { connect } from "../postgres/connect.ts";
import { migrate } from "../postgres/migrate.ts";
import type { Sql } from "../postgres/sql.ts";
import { silentLog } from "../system/log.ts";
import { explainError } from "./explain_error.ts";

/** What a failed `listen` rejects with. */
async function listenError(host: string, port: number): Promise<unknown> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once("error", resolve);
    server.listen({ host, port }, () => server.close(() => reject(new Error("it listens"))));
  });
}

async function queryError(url: string, connectTimeoutMs = 60_000): Promise<unknown> {
  const sql = connect({ url, poolSize: 1, log: silentLog, connectTimeoutMs });
  try {
    await sql`select 1`;
  } catch (error) {
    return error;
  } finally {
    await sql.end({ timeout: 0 });
  }
  return undefined;
}

Deno.test("an address that is taken, or not this machine's, is said so", async () => {
  using held = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = explainError(await listenError("127.0.0.1", held.addr.port));
  assert.equal(
    taken,
    `Port 127.0.0.1:${held.addr.port} is taken by another program: stop that, or choose another port with --port.`,
  );
  assert.match(
    explainError(await listenError("203.0.113.9", 8080)),
    /This machine has no address 203\.0\.113\.9:8080: choose another with --host/,
  );
});

Deno.test("a database that does not answer, does not exist or is unknown is told apart", async () => {
  await using db = await freshDatabase({ migrated: false });
  const port = freePort();
  assert.match(
    explainError(await queryError(`postgres://u:hunter2@127.0.0.1:${port}/x`)),
    new RegExp(`Nothing answers at 127\\.0\\.0\\.1:${port}`),
  );
  assert.match(
    explainError(await queryError(db.url.replace(db.name, "absent"))),
    /The database in DATABASE_URL does not exist: make it with "createdb"/,
  );
  assert.match(
    explainError(await queryError(db.url.replace("//openguild@", "//stranger@"))),
    /refuses the login: check user and password in DATABASE_URL/,
  );
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.match(
    explainError(await queryError(`postgres://u@127.0.0.1:${silent.addr.port}/x`, 300)),
    /The database takes connections and does not answer/,
  );
});

Deno.test("a database in which no tables can be made, and one that holds other tables, are told apart", async () => {
  await using db = await freshDatabase({ migrated: false });
  const migrateError = async (sql: Sql) => {
    try {
      await migrate(sql, { log: silentLog });
    } catch (error) {
      return explainError(error);
    }
    return undefined;
  };
  const weak = `weak_${db.name}`;
  await db.sql.unsafe(`create role ${weak} login; revoke create on schema public from public`);
  const url = db.url.replace("//openguild@", `//${weak}@`);
  const sql = connect({ url, poolSize: 1, log: silentLog });
  try {
    assert.match(await migrateError(sql) ?? "", /may not make tables: .*owner to USER/);
  } finally {
    await sql.end();
    await db.sql.unsafe(`drop role ${weak}`);
  }
  await db.sql`create table events (id int)`;
  assert.match(
    await migrateError(db.sql) ?? "",
    /holds something else already: .*relation "events" already exists/,
  );
});

Deno.test("what was not foreseen shows its message and no more", () => {
  assert.equal(explainError(new TypeError("x")), "This should not have happened: x");
  assert.equal(explainError("text"), "Stopped: text");
});
