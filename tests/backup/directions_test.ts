import assert from "node:assert/strict";
import type { BlobStore } from "../../core/ports/blob_store.ts";
import { createBackup } from "../../server/backup/create_backup.ts";
import { FolderBlobStore } from "../../server/files/blob_store.ts";
import { type Database, openDatabase } from "../../server/postgres/database.ts";
import { migrate } from "../../server/postgres/migrate.ts";
import { INSTANCE_FACT, readFact, settleFact } from "../../server/postgres/server_facts.ts";
import { KeyFolder } from "../../server/keys/key_folder.ts";
import { LocalSigner } from "../../server/keys/local_signer.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { S3BlobStore } from "../../server/s3/blob_store.ts";
import {
  readServerIdentity,
  settleServerIdentity,
} from "../../server/services/accounts/server_identity.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemRng } from "../../server/system/rng.ts";
import { chunked, patternBytes, readAll } from "../contract/blob_store.ts";
import { runCli } from "../harness/cli.ts";
import { CountingRng, ManualClock } from "../harness/parts.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { provideSeed } from "../harness/seed.ts";
import { startSwiftS3, type SwiftS3 } from "../harness/swift_s3.ts";
import { tempFolder } from "../harness/temp_folder.ts";

const NAME = "backup.example.org";
const BLOB_BYTES = 300_001;

/** Where a server keeps its things, as its settings say it. */
interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly databaseUrl: string | undefined;
  openBlobs(): Promise<BlobStore & Partial<Disposable>>;
}

/** Which database, and where the files are. */
type Kind = `${"embedded" | "postgres"} ${"folder" | "s3"}`;

async function openPlace(kind: Kind, s3?: SwiftS3): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const [databaseKind, blobKind] = kind.split(" ");
  const { path } = stack.use(await tempFolder());
  const database = databaseKind === "embedded"
    ? undefined
    : stack.use(await freshDatabase({ migrated: false }));
  const bucket = blobKind === "s3" && s3 !== undefined ? await openBucket(s3) : undefined;
  const owned = stack.move();
  return {
    folder: path,
    databaseUrl: database?.url,
    env: { ...(database === undefined ? {} : { DATABASE_URL: database.url }), ...bucket?.env },
    openBlobs: bucket?.open ?? (() => FolderBlobStore.open(`${path}/openguild-data/media`)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openBucket(s3: SwiftS3) {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const bucket = `b-${crypto.randomUUID()}`;
  await s3.makeBucket(bucket);
  const settings = { endpoint, region, bucket, accessKeyId, secretAccessKey, pathStyle: true };
  return {
    env: {
      OPENGUILD_BLOBS_S3_ENDPOINT: endpoint,
      OPENGUILD_BLOBS_S3_BUCKET: bucket,
      OPENGUILD_BLOBS_S3_ACCESS_KEY: accessKeyId,
      OPENGUILD_BLOBS_S3_SECRET_KEY: secretAccessKey,
    },
    open: () => Promise.resolve(new S3BlobStore(settings)),
  };
}

async function withDatabase<T>(place: Place, use: (sql: Sql) => Promise<T>): Promise<T> {
  await Deno.mkdir(`${place.folder}/openguild-data`, { recursive: true, mode: 0o700 });
  await using database: Database = await openDatabase({
    ...(place.databaseUrl === undefined ? {} : { url: place.databaseUrl }),
    dataFolder: `${place.folder}/openguild-data`,
    poolSize: 2,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => {
      throw error;
    },
  });
  return await use(database.sql);
}

/** The key with which a server that runs here and now would sign. */
async function signingKeyId(place: Place, sql: Sql): Promise<string> {
  const clock = new ManualClock();
  const identity = await readServerIdentity(sql);
  assert.ok(identity);
  const signer = new LocalSigner({
    sql,
    folder: await KeyFolder.open(`${place.folder}/openguild-data`, { rng: systemRng }),
    serverName: identity.name,
    clock,
    rng: systemRng,
    log: silentLog,
    onChange: () => {},
  });
  return (await signer.current(clock.now())).keyId;
}

async function fill(place: Place): Promise<void> {
  await withDatabase(place, async (sql) => {
    await fillRows(sql);
    await signingKeyId(place, sql);
  });
  const blobs = await place.openBlobs();
  await blobs.put("m/one", chunked(patternBytes(BLOB_BYTES)), BLOB_BYTES);
  blobs[Symbol.dispose]?.();
}

async function fillRows(sql: Sql): Promise<void> {
  await settleServerIdentity({ sql, clock: new ManualClock(), rng: new CountingRng() }, NAME);
  await settleFact(sql, INSTANCE_FACT, "origin");
  await sql`insert into events (room_id, event_id, event_hash, type, sender, origin_ts,
        writer_id, position, outcome, received_ts, pdu)
      select '!r' || n % 5, '$e' || n, decode(md5(n::text), 'hex'), 't', '@a', n, 1, n,
        'accepted', n, '{"body":"ü 🙂 \\"quoted\\""}'
      from generate_series(1, 500) n`;
}

/** What must be the same on both sides, and what must not. */
async function look(place: Place) {
  const rows = await withDatabase(place, async (sql) => {
    const [events] = await sql`
      select count(*) as count, md5(string_agg(e::text, '|' order by event_id)) as digest
      from events e`;
    return {
      same: { events: { ...events }, name: (await readServerIdentity(sql))?.name },
      keyId: await signingKeyId(place, sql),
      instance: await readFact(sql, INSTANCE_FACT),
    };
  });
  const blobs = await place.openBlobs();
  const blob = await readAll(await blobs.get("m/one"));
  blobs[Symbol.dispose]?.();
  return { ...rows, blob };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    await Deno.copyFile(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

async function cli(place: Place, ...args: string[]) {
  const result = await runCli(args, { workingFolder: place.folder, env: place.env });
  assert.equal(result.code, 0, `${args.join(" ")}: ${result.err}`);
  return result;
}

/** From where to where: each kind of store in each place, and every move that a server makes. */
const DIRECTIONS: Readonly<Record<Kind, readonly Kind[]>> = {
  "embedded folder": ["embedded folder", "postgres s3", "postgres folder"],
  "postgres folder": ["embedded folder", "postgres s3"],
  "postgres s3": ["postgres s3", "embedded folder", "embedded s3"],
  "embedded s3": ["postgres folder"],
};

Deno.test("embedded and Postgres, folder and S3: a backup goes from every kind of store into others", async () => {
  await provideSeed();
  await using s3 = await startSwiftS3();
  await using files = await tempFolder();
  for (const [from, targets] of Object.entries(DIRECTIONS) as [Kind, readonly Kind[]][]) {
    await using origin = await openPlace(from, s3);
    await fill(origin);
    const file = `${files.path}/${from}.tar`;
    const made = JSON.parse((await cli(origin, "backup", file, "--json")).out);
    assert.equal(made.blobs.count, 1);
    assert.equal(made.bytes, (await Deno.stat(file)).size);
    if (from === "embedded folder") {
      const verified = await cli(origin, "backup", "verify", file, "--json");
      assert.equal(JSON.parse(verified.out).rows.events, 500);
    }
    const before = await look(origin);
    for (const to of targets) {
      await using target = await openPlace(to, s3);
      // The worst case: somebody also copied the origin's private keys.
      await copyFolder(
        `${origin.folder}/openguild-data/keys`,
        `${target.folder}/openguild-data/keys`,
      );
      const restored = await cli(target, "restore", file);
      assert.match(restored.out, /signs with new keys from now on/);
      const after = await look(target);
      const direction = `${from} to ${to}`;
      assert.deepEqual(after.same, before.same, direction);
      assert.deepEqual(after.blob, patternBytes(BLOB_BYTES), direction);
      assert.notEqual(after.keyId, before.keyId, direction);
      assert.notEqual(after.instance, "origin", direction);
      const yaml = await Deno.readTextFile(`${target.folder}/openguild-data/openguild.yaml`);
      assert.match(yaml, /name: "backup\.example\.org"/);
    }
  }
});

/** A folder with the first of this program's migrations, as an older version had them. */
async function olderMigrations(folder: string): Promise<string> {
  const all = new URL("../../migrations", import.meta.url).pathname;
  const names = [...Deno.readDirSync(all)].map(({ name }) => name)
    .filter((name) => name.endsWith(".sql")).sort();
  const older = `${folder}/older`;
  await Deno.mkdir(older);
  for (const name of names.slice(0, names.length / 2)) {
    await Deno.copyFile(`${all}/${name}`, `${older}/${name}`);
  }
  return older;
}

Deno.test("a backup of a version with half the migrations goes into both databases of today, whole", async () => {
  await provideSeed();
  await using files = await tempFolder();
  await using older = await freshDatabase({ migrated: false });
  await migrate(older.sql, { log: silentLog, folder: await olderMigrations(files.path) });
  await fillRows(older.sql);
  const blobs = await FolderBlobStore.open(`${files.path}/media`);
  await blobs.put("m/one", chunked(patternBytes(BLOB_BYTES)), BLOB_BYTES);
  const path = `${files.path}/older.tar`;
  await createBackup(
    { sql: older.sql, blobs, clock: new ManualClock() },
    { path, serverName: NAME, program: "openguild 0.0.9" },
  );
  for (const kind of ["embedded folder", "postgres folder"] as const) {
    await using target = await openPlace(kind);
    await cli(target, "backup", "verify", path);
    await cli(target, "restore", path);
    const { same, blob } = await look(target);
    assert.equal(same.name, NAME, kind);
    assert.equal(same.events["count"], 500, kind);
    assert.deepEqual(blob, patternBytes(BLOB_BYTES), kind);
    const { migrations } = JSON.parse((await cli(target, "migrate", "status", "--json")).out);
    assert.ok(migrations.every((each: { applied_ts: number | null }) => each.applied_ts !== null));
  }
});

Deno.test("another server's backup, or a folder in use, is refused with what to do", async () => {
  await using folder = await tempFolder();
  await using origin = await freshDatabase({ migrated: false });
  await using target = await freshDatabase({ migrated: false });
  const workingFolder = folder.path;
  const at = (database: { url: string }) => ({
    workingFolder,
    env: { DATABASE_URL: database.url },
  });
  const init = await runCli(["init", "--name", NAME, "--data", "a"], at(origin));
  assert.equal(init.code, 0, init.err);
  const backup = await runCli(["backup", "b.tar", "--data", "a"], at(origin));
  assert.equal(backup.code, 0, backup.err);
  const other = await runCli(
    ["restore", "b.tar", "--data", "c", "--set", "server.name=other.org"],
    {
      ...at(target),
    },
  );
  assert.equal(other.code, 1);
  assert.match(
    other.err,
    /backup is of "backup\.example\.org", this configuration is of "other\.org"/,
  );
  const back = await runCli(["restore", "b.tar", "--data", "back", "--json"], at(target));
  assert.deepEqual(JSON.parse(back.out), {
    server_name: NAME,
    config_file: `${folder.path}/back/openguild.yaml`,
  });
  const inUse = await runCli(["restore", "b.tar", "--data", "a"], at(origin));
  assert.equal(inUse.code, 1);
  assert.match(inUse.err, /The target is not empty.*--force/s);
  await Deno.writeTextFile(`${folder.path}/letter.tar`, "This is no tar file. ".repeat(50));
  const letter = await runCli(["restore", "letter.tar", "--data", "d"], at(target));
  assert.equal(letter.code, 1);
  assert.match(letter.err, /letter\.tar is no whole backup: .*[a-z]\.\n$/);
  const absent = await runCli(["restore", "nothing.tar", "--data", "d"], at(target));
  assert.match(absent.err, /nothing\.tar cannot be read: is the path right/);
});
