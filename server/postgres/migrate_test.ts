import assert from "node:assert/strict";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { type TempFolder, tempFolder } from "../../tests/harness/temp_folder.ts";
import { silentLog } from "../system/log.ts";
import { connect, DatabaseRefusedError } from "./connect.ts";
import { loadMigrations, migrate, status } from "./migrate.ts";

async function migrationFolder(files: Record<string, string>): Promise<TempFolder> {
  const folder = await tempFolder();
  for (const [name, sql] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder.path}/${name}`, sql);
  }
  return folder;
}

const FIRST = { "0001_first.sql": "create table first (n int); insert into first values (1);" };
const SECOND = { "0002_second.sql": "create table second (n int);" };

Deno.test("migrations are applied once, in order, and their status tells it", async () => {
  await using db = await freshDatabase({ migrated: false });
  await using folder = await migrationFolder({ ...FIRST, ...SECOND });
  const options = { log: silentLog, folder: folder.path, now: () => 1_700_000_000_000 };
  const waiting = (await status(db.sql, options)).map((row) => row.appliedTs);
  assert.deepEqual(waiting, [undefined, undefined]);
  assert.equal(await migrate(db.sql, options), 2);
  assert.equal(await migrate(db.sql, options), 0);
  assert.deepEqual(await status(db.sql, options), [
    { version: 1, name: "first", appliedTs: 1_700_000_000_000 },
    { version: 2, name: "second", appliedTs: 1_700_000_000_000 },
  ]);
});

Deno.test("a failing migration leaves nothing behind", async () => {
  await using db = await freshDatabase({ migrated: false });
  await using folder = await migrationFolder({
    ...FIRST,
    "0002_bad.sql": "create table half (n int); select 1/0;",
  });
  const options = { log: silentLog, folder: folder.path };
  await assert.rejects(migrate(db.sql, options), /Migration 2 "bad" failed/);
  const [half] = await db.sql`select to_regclass('half') as name`;
  assert.equal(half?.["name"], null);
  assert.deepEqual((await status(db.sql, options)).map((row) => row.appliedTs !== undefined), [
    true,
    false,
  ]);
  await Deno.remove(`${folder.path}/0002_bad.sql`);
  assert.equal(await migrate(db.sql, options), 0);
});

Deno.test("an older program refuses a newer database with a sentence", async () => {
  await using db = await freshDatabase({ migrated: false });
  await using newer = await migrationFolder({ ...FIRST, ...SECOND });
  await using older = await migrationFolder(FIRST);
  await migrate(db.sql, { log: silentLog, folder: newer.path });
  await assert.rejects(migrate(db.sql, { log: silentLog, folder: older.path }), (error) => {
    assert.ok(error instanceof DatabaseRefusedError);
    assert.match(error.message, /newer program \(step 2 "second" is unknown here\)/);
    return true;
  });
});

Deno.test("a migration whose text changed after it was applied is refused", async () => {
  await using db = await freshDatabase({ migrated: false });
  await using folder = await migrationFolder(FIRST);
  await migrate(db.sql, { log: silentLog, folder: folder.path });
  await Deno.writeTextFile(`${folder.path}/0001_first.sql`, "create table first (m int);");
  await assert.rejects(
    migrate(db.sql, { log: silentLog, folder: folder.path }),
    /Migration 1 "first" is not the one this database was made with/,
  );
});

Deno.test("two processes that migrate at once apply each migration once", async () => {
  await using db = await freshDatabase({ migrated: false });
  await using folder = await migrationFolder({
    ...FIRST,
    "0002_slow.sql": "select pg_sleep(0.2); create table slow (n int);",
  });
  const options = { log: silentLog, folder: folder.path };
  const other = connect({ url: db.url, poolSize: 1, log: silentLog });
  try {
    const [one, two] = await Promise.all([migrate(db.sql, options), migrate(other, options)]);
    assert.equal(one + two, 2);
  } finally {
    await other.end();
  }
});

Deno.test("the program's own migrations apply and are numbered without a clash", async () => {
  await using db = await freshDatabase({ migrated: false });
  const own = await loadMigrations();
  assert.equal(await migrate(db.sql, { log: silentLog }), own.length);
});

Deno.test("a wrongly named migration file is refused by name", async () => {
  await using folder = await migrationFolder({ "1_first.sql": "select 1" });
  await assert.rejects(loadMigrations(folder.path), /"1_first.sql" is not named NNNN_name.sql/);
});
