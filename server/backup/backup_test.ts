import assert from "node:assert/strict";
import { chunked, patternBytes, readAll } from "../../tests/contract/blob_store.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { FolderBlobStore } from "../files/blob_store.ts";
import { LOCK_CLASS } from "../postgres/lock_keys.ts";
import { migrate } from "../postgres/migrate.ts";
import type { Sql } from "../postgres/sql.ts";
import { silentLog } from "../system/log.ts";
import { listTables, quoted } from "./catalog.ts";
import { checkFile } from "./check_file.ts";
import { type BackupRequest, createBackup } from "./create_backup.ts";
import { restoreBackup } from "./restore_backup.ts";

const ROW_COUNT = 1234;

/** Everything in a schema that could be lost on the way, in two versions. */
const FIRST = `
  create table people (
    id bigint generated always as identity primary key,
    name text collate "C" not null,
    doubled text generated always as (name || name) stored,
    boss bigint references people,
    room text
  );
  create table rooms (room text primary key, owner bigint not null references people);
  alter table people add foreign key (room) references rooms;
  create table events (
    room text not null, n int not null, hash bytea, at timestamptz, ratio double precision,
    big bigint, tags text[], body jsonb, raw text, primary key (room, n)
  ) partition by hash (room);
  create table events_p0 partition of events for values with (modulus 2, remainder 0);
  create table events_p1 partition of events for values with (modulus 2, remainder 1);
  create function frozen() returns trigger language plpgsql as
    $$ begin raise exception 'append only'; end $$;
  create trigger frozen before update or delete on rooms for each row execute function frozen();
  create trigger welcome before insert on people for each row
    when (new.name = 'forbidden by trigger') execute function frozen();
  create unlogged table throttles (key text);
  create table settings (key text primary key, value text);
  insert into settings values ('made by a migration', 'default');`;
const SECOND = `
  alter table people add column nickname text not null default 'none';
  create table added (n int);`;

async function migrationFolder(folder: string, ...steps: string[]): Promise<string> {
  const path = `${folder}/migrations${steps.length}`;
  await Deno.mkdir(path);
  for (const [at, sql] of steps.entries()) {
    await Deno.writeTextFile(`${path}/000${at + 1}_step.sql`, sql);
  }
  return path;
}

const HARD_TEXT = "tab\tquote\"'\\ back\r\nline \u2028 ü 🙂 null \\N {} $$";

async function fill(sql: Sql): Promise<void> {
  await sql`insert into people (name) select 'p' || n from generate_series(1, ${ROW_COUNT}) n`;
  await sql`insert into rooms select 'r' || n, n from generate_series(1, 9) n`;
  await sql`update people set boss = id % 7 + 1, room = 'r' || (id % 9 + 1)`;
  await sql`insert into people (name) values ('x')`;
  await sql`alter table people disable trigger welcome`;
  await sql`update people set name = 'forbidden by trigger' where name = 'x'`;
  await sql`alter table people enable trigger welcome`;
  await sql`
    insert into events select 'r' || n % 9, n, decode(md5(n::text), 'hex'),
      to_timestamp(n) + interval '1 microsecond', n / 3.0, 9223372036854775807 - n,
      array[${HARD_TEXT}, null, '', 'NULL'], ${sql.json({ deep: [1, null, HARD_TEXT] })},
      ${HARD_TEXT} || repeat('x', n * 9)
    from generate_series(1, ${ROW_COUNT}) n`;
  await sql`insert into events (room, n) values ('all null', 0)`;
  await sql`insert into throttles values ('gone after a crash anyway')`;
  await sql`update settings set value = 'changed'`;
}

/** A filled database with two migrations, and a folder of files beside it. */
async function scene(options: { readonly steps?: readonly string[] } = {}) {
  const folder = await tempFolder();
  const from = await freshDatabase({ migrated: false });
  const to = await freshDatabase({ migrated: false });
  const migrations = await migrationFolder(folder.path, ...(options.steps ?? [FIRST, SECOND]));
  await migrate(from.sql, { log: silentLog, folder: migrations });
  await fill(from.sql);
  const source = await FolderBlobStore.open(`${folder.path}/from`);
  const target = await FolderBlobStore.open(`${folder.path}/to`);
  const path = `${folder.path}/b.tar`;
  return {
    folder: folder.path,
    from: from.sql,
    to: to.sql,
    source,
    target,
    path,
    migrations,
    backup: (request: Partial<BackupRequest> = {}) =>
      createBackup({ sql: from.sql, blobs: source, clock: new ManualClock() }, {
        path,
        serverName: "localhost",
        program: "openguild 9.9",
        ...request,
      }),
    restore: async (request: { force?: boolean; migrations?: string } = {}) =>
      await restoreBackup(
        {
          sql: to.sql,
          blobs: target,
          migrations: request.migrations ?? migrations,
          makeDistinct: async (tx) => void await tx`insert into settings values ('epoch', 'new')`,
        },
        { backup: await checkFile(path), force: request.force ?? false },
      ),
    async [Symbol.asyncDispose]() {
      await from[Symbol.asyncDispose]();
      await to[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function contents(sql: Sql): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const { name } of await listTables(sql)) {
    const rows = await sql.unsafe(
      `select md5(string_agg(t::text, '|' order by t::text)) as digest, count(*) as rows
       from ${quoted(name)} t`,
    );
    all[name] = { ...rows[0] };
  }
  return all;
}

Deno.test("what was backed up is restored, rows and files, and numbers go on where they were", async () => {
  await using at = await scene();
  const sizes = [0, 1, 70_000, 5_000_001];
  for (const size of sizes) await at.source.put(`m/s${size}`, chunked(patternBytes(size)), size);
  const seen: [number, number][] = [];
  const files: [number, number][] = [];
  const manifest = await at.backup({
    onProgress: (what, done, total) => {
      (what === "files" ? files : seen).push([done, total]);
    },
  });
  assert.equal(manifest.rows["events"], ROW_COUNT + 1);
  assert.deepEqual(Object.keys(manifest.rows).sort(), [
    "added",
    "events",
    "people",
    "rooms",
    "settings",
  ]);
  assert.deepEqual(manifest.blobs, { count: 4, bytes: 5_070_002 });
  assert.deepEqual(files.map(([, total]) => total), Array(4).fill(5_070_002));
  assert.deepEqual(files.at(-1), [5_070_002, 5_070_002]);
  assert.deepEqual(seen.at(-1), [2 * ROW_COUNT + 12, 2 * ROW_COUNT + 12]);
  assert.equal(((await Deno.stat(at.path)).mode ?? 0) & 0o777, 0o600);

  await at.restore();
  assert.equal((await at.to`delete from settings where key = 'epoch'`).count, 1);
  assert.deepEqual(await contents(at.to), await contents(at.from));
  for (const size of sizes) {
    assert.deepEqual(await readAll(await at.target.get(`m/s${size}`)), patternBytes(size));
  }
  const [row] = await at.to`insert into people (name) values ('next') returning id`;
  assert.equal(row?.["id"], ROW_COUNT + 2);
});

Deno.test("foreign keys and triggers hold again after a restore", async () => {
  await using at = await scene();
  await at.backup();
  await at.restore();
  await assert.rejects(async () => await at.to`insert into rooms values ('r', -1)`, /foreign key/);
  await assert.rejects(async () => await at.to`delete from rooms`, /append only/);
});

Deno.test("a target in use is refused, and replaced only with force", async () => {
  await using at = await scene();
  await at.source.put("a/new", chunked(patternBytes(9)), 9);
  await at.backup();
  await at.target.put("a/old", chunked(patternBytes(5)), 5);
  await assert.rejects(at.restore(), /not empty: it holds files/);
  await migrate(at.to, { log: silentLog, folder: at.migrations });
  await at.to`insert into people (name) values ('old')`;
  await assert.rejects(at.restore(), /it holds rows in the table "people".*--force/s);
  assert.equal((await at.to`select from people`).length, 1);
  await at.restore({ force: true });
  assert.equal((await at.to`delete from settings where key = 'epoch'`).count, 1);
  assert.deepEqual(await contents(at.to), await contents(at.from));
  assert.equal(await at.target.head("a/old"), undefined);
  assert.equal((await at.target.head("a/new"))?.size, 9);
});

Deno.test("nothing is put under a server that runs, not even with force", async () => {
  await using at = await scene();
  await at.backup();
  await migrate(at.to, { log: silentLog, folder: at.migrations });
  await at.to`insert into people (name) values ('old')`;
  const alive = await at.to.reserve();
  await alive`select pg_advisory_lock(${LOCK_CLASS.writerAlive}, 7)`;
  await assert.rejects(
    at.restore({ force: true }),
    /A server runs on this database \(processes: 1\).*Stop it/,
  );
  assert.equal((await at.to`select from people`).length, 1);
  await alive`select pg_advisory_unlock(${LOCK_CLASS.writerAlive}, 7)`;
  alive.release();
  await at.restore({ force: true });
});

Deno.test("an older backup goes in at its own schema and is then brought up to this one's", async () => {
  await using at = await scene({ steps: [FIRST] });
  await at.backup();
  await at.restore({ migrations: await migrationFolder(at.folder, FIRST, SECOND) });
  const [row] = await at.to`select nickname, count(*) as rows from people group by 1`;
  assert.deepEqual({ ...row }, { nickname: "none", rows: ROW_COUNT + 1 });
  assert.equal((await at.to`select from added`).length, 0);
});

Deno.test("a backup of a newer program is refused with a sentence, and nothing is touched", async () => {
  await using at = await scene();
  await at.backup();
  const older = await migrationFolder(at.folder, FIRST);
  await assert.rejects(
    at.restore({ migrations: older, force: true }),
    /openguild 9\.9; its database has step 2 "step"/,
  );
  assert.deepEqual(await listTables(at.to), []);
});

Deno.test("a restore that breaks off leaves no row behind", async () => {
  await using at = await scene();
  await at.source.put("m/a", chunked(patternBytes(9)), 9);
  await at.backup();
  Object.assign(at.target, { put: () => Promise.reject(new Error("the disk is full")) });
  await assert.rejects(at.restore(), /the disk is full/);
  assert.deepEqual(await listTables(at.to), []);
});

Deno.test("a forced restore that breaks off leaves what was there, rows and files", async () => {
  await using at = await scene();
  await at.source.put("m/new", chunked(patternBytes(9)), 9);
  await at.backup();
  await migrate(at.to, { log: silentLog, folder: at.migrations });
  await at.to`insert into people (name) values ('old')`;
  await at.target.put("m/old", chunked(patternBytes(5)), 5);
  const before = await contents(at.to);
  const put = at.target.put.bind(at.target);
  Object.assign(at.target, { put: () => Promise.reject(new Error("the disk is full")) });
  await assert.rejects(at.restore({ force: true }), /the disk is full/);
  assert.deepEqual(await contents(at.to), before);
  // The last step that may fail, after every row and file of the backup has come.
  Object.assign(at.target, { put });
  const afterAll = await migrationFolder(
    at.folder,
    FIRST,
    SECOND,
    "do $$ begin raise exception 'too much'; end $$",
  );
  await assert.rejects(at.restore({ force: true, migrations: afterAll }), /too much/);
  assert.deepEqual(await contents(at.to), before);
  assert.deepEqual(await readAll(await at.target.get("m/old")), patternBytes(5));
  assert.deepEqual(await readAll(await at.target.get("m/new")), patternBytes(9));
});

Deno.test("any damage is found: a flipped byte, a cut, something that is no backup", async () => {
  await using at = await scene();
  await at.source.put("m/a", chunked(patternBytes(3000)), 3000);
  await at.backup();
  const whole = await Deno.readFile(at.path);
  const damaged = `${at.folder}/damaged.tar`;
  let found = 0;
  for (let place = 100; place < whole.length; place += Math.ceil(whole.length / 60)) {
    const bytes = whole.slice();
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    await Deno.writeFile(damaged, bytes);
    const result = await checkFile(damaged).then(() => undefined, (error) => error);
    // Padding between entries carries nothing, and is zero.
    if (result === undefined) assert.equal(whole[place], 0, `byte ${place} was changed unseen`);
    else assert.equal(result.name, "BackupError", `byte ${place}: ${result}`);
    if (result !== undefined) found++;
  }
  assert.ok(found > 40, `${found} of 60 changes were found`);
  for (const length of [0, 100, 512, whole.length >> 1, whole.length - 2000]) {
    await Deno.writeFile(damaged, whole.subarray(0, length));
    await assert.rejects(checkFile(damaged), { name: "BackupError" }, `cut at ${length}`);
  }
  await Deno.writeTextFile(damaged, "this is no tar file\n".repeat(100));
  await assert.rejects(checkFile(damaged), { name: "BackupError" });
  await assert.rejects(checkFile(`${at.folder}/absent.tar`), /is the path right/);
});

Deno.test("a backup never overwrites, and leaves nothing behind when it fails", async () => {
  await using at = await scene();
  const before = [...Deno.readDirSync(at.folder)].map((entry) => entry.name).sort();
  const stopped = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(at.backup({ signal: stopped }), /stopped/);
  assert.deepEqual([...Deno.readDirSync(at.folder)].map((entry) => entry.name).sort(), before);
  await Deno.writeTextFile(at.path, "precious");
  await assert.rejects(at.backup(), /is there already/);
  assert.equal(await Deno.readTextFile(at.path), "precious");
  await assert.rejects(
    at.backup({ path: `${at.folder}/nowhere/b.tar` }),
    /cannot be written to \S+\/nowhere\/b\.tar\.part: .*ENOENT.* Choose a folder/,
  );
});
