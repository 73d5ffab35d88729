import assert from "node:assert/strict";
import type { RoomId } from "../../core/ids/room_id.ts";
import { type CuttingProxy, startCuttingProxy } from "../../tests/harness/cutting_proxy.ts";
import { ProcessReport } from "../../tests/harness/log_processes.ts";
import { someRoomId } from "../../tests/harness/log_rows.ts";
import { freshDatabase, sharedCluster } from "../../tests/harness/postgres.ts";
import { provideSeed } from "../../tests/harness/seed.ts";
import { seededRandom } from "../../tests/harness/seeded_random.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { silentLog } from "../system/log.ts";
import { openDatabase } from "./database.ts";
import { readSince, readWriters } from "./log_reader.ts";
import type { Sql } from "./sql.ts";
import type { SyncToken } from "./sync_token.ts";
import { closeDeadWriters } from "./writers.ts";

const START: SyncToken = { instance: "i", base: 0, positions: new Map() };
const FAULTY_MS = 12_000;
const KILL_EVERY_MS = 3_000;
const TERMINATE_EVERY_MS = 150;

/** Reads page by page while others write, and notes every event it meets. */
class Follower {
  readonly seen: string[] = [];
  readonly #sql: Sql;
  readonly #options: { readonly limit: number; readonly rooms?: readonly RoomId[] };
  #token = START;

  constructor(sql: Sql, options: { readonly limit: number; readonly rooms?: readonly RoomId[] }) {
    this.#sql = sql;
    this.#options = options;
  }

  async readPage(): Promise<boolean> {
    const page = await readSince(this.#sql, this.#token, this.#options);
    this.#token = page.token;
    this.seen.push(...page.events.map((event) => event.eventId));
    return page.more;
  }
}

/** What a reader without watermarks would do; it must be caught skipping. */
class NaiveFollower {
  readonly seen = new Set<string>();
  readonly #sql: Sql;
  readonly #last = new Map<number, number>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async readPage(): Promise<void> {
    const writers = await this.#sql<{ writer_id: number }[]>`select writer_id from log_writers`;
    for (const { writer_id: writerId } of writers) {
      const rows = await this.#sql<{ event_id: string; position: number }[]>`
        select event_id, position from events
        where writer_id = ${writerId} and position > ${this.#last.get(writerId) ?? 0}
        order by position`;
      for (const row of rows) this.seen.add(row.event_id);
      const last = rows.at(-1);
      if (last) this.#last.set(writerId, last.position);
    }
  }
}

interface StoredRow {
  event_id: string;
  room_id: RoomId;
  writer_id: number;
  position: number;
  pdu: string;
}

/** Acknowledged = stored, where it was said; refused = not stored; order kept in each room. */
async function checkReports(sql: Sql, reports: readonly ProcessReport[]): Promise<StoredRow[]> {
  const rows = await sql<StoredRow[]>`
    select event_id, room_id, writer_id, position, pdu from events order by writer_id, position`;
  const stored = new Map(rows.map((row) => [row.event_id, row]));
  for (const report of reports) {
    for (const [id, { writer, at }] of report.stored) {
      const row = stored.get(id);
      assert.ok(row, `acknowledged event ${id} is lost`);
      assert.deepEqual([row.writer_id, row.position], [writer, at]);
    }
    for (const [id, code] of report.refused) {
      assert.ok(!stored.has(id), `event ${id} was refused (${code}) and is stored`);
    }
  }
  const last = new Map<string, number>();
  for (const row of rows) {
    const body = (JSON.parse(row.pdu) as { content: { body: string } }).content.body;
    const [process, sequence] = body.split("/");
    const lane = `${process} ${row.room_id}`;
    assert.ok(Number(sequence) > (last.get(lane) ?? 0), `order broken in ${lane} at ${sequence}`);
    last.set(lane, Number(sequence));
  }
  return [...rows];
}

function terminateOne(sql: Sql): Promise<unknown> {
  return sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'openguild %'
    order by random() limit 1`;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("no reader skips or repeats while two processes lose answers, connections and lives", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  await using db = await freshDatabase({ poolSize: 8 });
  await using folder = await tempFolder();
  const { port } = await sharedCluster();
  await using proxy: CuttingProxy = startCuttingProxy({ targetPort: port, random });
  const rooms = Array.from({ length: 16 }, someRoomId);
  const reports: ProcessReport[] = [];
  const start = async () => {
    const report = new ProcessReport({
      name: `p${reports.length}`,
      url: db.url.replace(`:${port}/`, `:${proxy.port}/`),
      dataFolder: folder.path,
      rooms,
    });
    reports.push(report);
    await report.ready;
    return report;
  };
  const living = await Promise.all([start(), start()]);

  const everything = new Follower(db.sql, { limit: 50 });
  const some = new Follower(db.sql, { limit: 7, rooms: rooms.slice(0, 3) });
  const naive = new NaiveFollower(db.sql);
  let running = true;
  const reading = [
    everything.readPage.bind(everything),
    some.readPage.bind(some),
    naive.readPage.bind(naive),
  ].map(async (readPage) => {
    while (running) {
      await readPage();
      await pause(2);
    }
  });
  await using _stop = {
    async [Symbol.asyncDispose]() {
      running = false;
      await Promise.allSettled(reading);
      await Promise.allSettled(reports.map((report) => report.kill()));
    },
  };

  proxy.faults = { cut: 0.02, delay: 0.3 };
  const faultsEnd = Date.now() + FAULTY_MS;
  let nextKill = Date.now() + KILL_EVERY_MS;
  while (Date.now() < faultsEnd) {
    await terminateOne(db.sql);
    if (Date.now() > nextKill) {
      const victim = living.shift();
      await victim?.kill();
      proxy.faults = { cut: 0, delay: 0.3 };
      living.push(await start());
      proxy.faults = { cut: 0.02, delay: 0.3 };
      nextKill = Date.now() + KILL_EVERY_MS;
    }
    await pause(TERMINATE_EVERY_MS);
  }
  proxy.faults = { cut: 0, delay: 0 };
  const [killed, stopped] = living;
  assert.ok(killed && stopped);
  await killed.kill();
  assert.ok((await stopped.stop()).success);
  await waitFor("all writers to be closed", async () => {
    await closeDeadWriters(db.sql, { except: [] });
    return (await readWriters(db.sql, 0)).every((writer) => writer.closed);
  });
  running = false;
  await Promise.all(reading);
  for (const follower of [everything, some]) while (await follower.readPage());
  await Promise.all([everything.readPage(), some.readPage()]);

  const rows = await checkReports(db.sql, reports);
  const ids = (chosen: readonly StoredRow[]) => chosen.map((row) => row.event_id).sort();
  const acknowledged = reports.reduce((sum, report) => sum + report.stored.size, 0);
  console.log(
    `${rows.length} stored, ${acknowledged} acknowledged, ${proxy.cuts} answers cut, ` +
      `${reports.length} processes`,
  );
  assert.deepEqual([...everything.seen].sort(), ids(rows));
  const chosen = new Set(rooms.slice(0, 3));
  assert.deepEqual([...some.seen].sort(), ids(rows.filter((row) => chosen.has(row.room_id))));
  // Positive controls: the faults were real, and a reader without watermarks is caught.
  assert.ok(acknowledged > 500 && proxy.cuts > 0, "the faults hit nothing");
  assert.ok(rows.some((row) => !naive.seen.has(row.event_id)), "a naive reader skipped nothing");
});

Deno.test("kill -9 of the process with the embedded database loses nothing acknowledged", async () => {
  await provideSeed();
  await using folder = await tempFolder();
  const rooms = Array.from({ length: 4 }, someRoomId);
  const reports: ProcessReport[] = [];
  for (let round = 0; round < 4; round++) {
    const report = new ProcessReport({ name: `p${round}`, dataFolder: folder.path, rooms });
    reports.push(report);
    await report.ready;
    await waitFor("some events", () => report.stored.size > 100 + round * 37);
    await report.kill();
  }
  await using db = await openDatabase({
    dataFolder: folder.path,
    poolSize: 1,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => {
      throw error;
    },
  });
  await closeDeadWriters(db.sql, { except: [] });
  const rows = await checkReports(db.sql, reports);
  const reader = new Follower(db.sql, { limit: 100 });
  while (await reader.readPage());
  await reader.readPage();
  assert.deepEqual([...reader.seen].sort(), rows.map((row) => row.event_id).sort());
});
