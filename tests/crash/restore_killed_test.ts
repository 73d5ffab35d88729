/**
 * `kill -9` of `openguild restore --force` at many points: the target is then what it was or what
 * the backup holds, rows and files, and the same command goes through afterwards.
 */
import assert from "node:assert/strict";
import { FROM_SOURCE } from "../../scripts/lib/from_source.ts";
import { FolderBlobStore } from "../../server/files/blob_store.ts";
import { type Database, openDatabase } from "../../server/postgres/database.ts";
import { migrate } from "../../server/postgres/migrate.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { settleServerIdentity } from "../../server/services/accounts/server_identity.ts";
import { silentLog } from "../../server/system/log.ts";
import { chunked, patternBytes } from "../contract/blob_store.ts";
import { casesOf } from "../harness/cases.ts";
import { CountingRng, ManualClock } from "../harness/parts.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { provideSeed } from "../harness/seed.ts";
import { tempFolder } from "../harness/temp_folder.ts";

const KILLS = casesOf("RESTORE_KILLS", 6);
const ROOT = new URL("../..", import.meta.url).pathname;
const ROWS = { old: 300, new: 6000 };
const FILES = {
  old: ["m/both", "m/old1", "m/old2"],
  new: ["m/both", "m/new1", "m/new2", "m/new3"],
};
const FILE_BYTES = 200_000;

interface Target {
  readonly folder: string;
  readonly url: string | undefined;
}

async function withDatabase<T>(target: Target, use: (sql: Sql) => Promise<T>): Promise<T> {
  await Deno.mkdir(target.folder, { recursive: true, mode: 0o700 });
  await using database: Database = await openDatabase({
    ...(target.url === undefined ? {} : { url: target.url }),
    dataFolder: target.folder,
    poolSize: 2,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => {
      throw error;
    },
  });
  return await use(database.sql);
}

async function fill(target: Target, generation: "old" | "new"): Promise<void> {
  await withDatabase(target, async (sql) => {
    await migrate(sql, { log: silentLog });
    await settleServerIdentity({ sql, clock: new ManualClock(), rng: new CountingRng() }, "a.test");
    await sql`insert into events (room_id, event_id, event_hash, type, sender, origin_ts,
        writer_id, position, outcome, received_ts, pdu)
      select '!r' || n % 5, ${generation}::text || n, decode(md5(n::text), 'hex'), 't', '@a', n, 1, n,
        'accepted', n, '{"body":"a word"}'
      from generate_series(1, ${ROWS[generation]}::int) n`;
  });
  const blobs = await FolderBlobStore.open(`${target.folder}/media`);
  for (const key of FILES[generation]) {
    await blobs.put(key, chunked(patternBytes(FILE_BYTES)), FILE_BYTES);
  }
}

/** Which of the two is there; fails where it is neither, or not whole. */
async function look(target: Target): Promise<"old" | "new"> {
  const kinds = await withDatabase(target, (sql) =>
    sql<{ kind: "old" | "new"; count: number }[]>`
      select left(event_id, 3) as kind, count(*)::int as count from events group by 1`);
  assert.equal(kinds.length, 1, `rows of ${JSON.stringify(kinds)}`);
  const [{ kind, count }] = kinds as unknown as [{ kind: "old" | "new"; count: number }];
  assert.equal(count, ROWS[kind]);
  const blobs = await FolderBlobStore.open(`${target.folder}/media`);
  for (const key of FILES[kind]) {
    assert.equal((await blobs.head(key))?.size, FILE_BYTES, `${key} of the ${kind}`);
  }
  return kind;
}

function restoring(target: Target, file: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...FROM_SOURCE,
      `${ROOT}main.ts`,
      ...["restore", file, "--force", "--data", target.folder],
      ...["--set", "server.name=a.test"],
    ],
    env: target.url === undefined ? {} : { DATABASE_URL: target.url },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function cli(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...FROM_SOURCE, `${ROOT}main.ts`, ...args, "--set", "server.name=a.test"],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

for (const kind of ["embedded", "postgres"] as const) {
  Deno.test(`kill -9 of a forced restore leaves the old or the new, whole (${kind})`, async () => {
    await provideSeed();
    await using folder = await tempFolder();
    const files = { old: `${folder.path}/old.tar`, new: `${folder.path}/new.tar` };
    for (const generation of ["old", "new"] as const) {
      const origin = { folder: `${folder.path}/${generation}`, url: undefined };
      await fill(origin, generation);
      await cli("backup", files[generation], "--data", origin.folder);
    }
    await using database = kind === "postgres"
      ? await freshDatabase({ migrated: false })
      : undefined;
    const target = { folder: `${folder.path}/target`, url: database?.url };
    const begunMs = performance.now();
    assert.ok((await restoring(target, files.new).status).success);
    const wholeMs = performance.now() - begunMs;
    assert.equal(await look(target), "new");
    assert.ok((await restoring(target, files.old).status).success);
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = restoring(target, files.new);
      // Somewhere within the restore, later each time; none of the points is special.
      await new Promise((resolve) => setTimeout(resolve, wholeMs * kill / (KILLS + 1)));
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // It had ended.
      }
      await child.status;
      if (await look(target) === "old") continue;
      assert.ok((await restoring(target, files.old).status).success);
      assert.equal(await look(target), "old");
    }
    assert.ok((await restoring(target, files.new).status).success);
    assert.equal(await look(target), "new");
  });
}
