/**
 * `kill -9` of the server under load, ten rounds on each store, and of Postgres itself: nothing
 * that was acknowledged may be lost or stored twice. G1 of the proof. What a machine's power cut
 * does is not tested here: kill -9 leaves the page cache.
 */
import assert from "node:assert/strict";
import { casesOf } from "../harness/cases.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { databaseUrl, freshDatabase, startCluster } from "../harness/postgres.ts";
import { Listening } from "../harness/homeserver.ts";
import { compare, findAll, found, Load, readAll, SENDERS } from "../harness/sending_load.ts";
import { startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";

const ROUNDS = casesOf("G1_KILLS", 10);
const MESSAGES_PER_ROUND = casesOf("G1_SENDS_A_KILL", 60);

for (const store of ["postgres", "embedded"] as const) {
  Deno.test(`kill -9 of the server under load loses and doubles nothing (${store})`, async () => {
    await using folder = await tempFolder();
    await using database = store === "postgres" ? await freshDatabase() : undefined;
    const options = {
      dataFolder: folder.path,
      port: freePort(),
      ...(database === undefined ? {} : { databaseUrl: database.url }),
    };
    let server = await startServerProcess(options);
    try {
      const load = new Load(await found(server));
      for (let round = 0; round < ROUNDS; round++) {
        // Killed in the middle of what it is doing, at another point each time.
        const dying = load.run(server, Number.MAX_SAFE_INTEGER);
        const target = load.acknowledged.size + MESSAGES_PER_ROUND + round * 7;
        while (load.acknowledged.size < target) await new Promise((go) => setTimeout(go, 2));
        await server.kill();
        await dying;
        server = await startServerProcess(options);
      }
      await load.run(server, SENDERS * 2);
      const stored = await readAll(server, load.account);
      assert.ok(load.acknowledged.size > ROUNDS * MESSAGES_PER_ROUND);
      assert.deepEqual(compare(load, stored), { lost: [], doubled: [] });
      await findAll(server, load.account, stored);
      // The detector detects: a message taken away and one stored twice are both reported.
      const [first, ...rest] = stored;
      assert.ok(first !== undefined);
      assert.equal(compare(load, rest).lost.length, 1);
      assert.equal(compare(load, [...stored, { ...first, id: "$other" }]).doubled.length, 1);
    } finally {
      await server.kill();
    }
  });
}

Deno.test("kill -9 of Postgres under load loses and doubles nothing, and who listens misses nothing", async () => {
  await using folder = await tempFolder();
  await using root = await tempFolder();
  await Deno.chmod(root.path, 0o711);
  const cluster = await startCluster({ folder: `${root.path}`, watchPid: Deno.pid });
  const url = databaseUrl(cluster, "postgres");
  const server = await startServerProcess({
    dataFolder: folder.path,
    port: freePort(),
    databaseUrl: url,
  });
  try {
    const load = new Load(await found(server));
    using live = await Listening.open(server.url, load.account.token);
    for (let round = 0; round < 3; round++) {
      // Killed in the middle of what it is doing, and back before the next round.
      const target = load.acknowledged.size + 50 + round * 40;
      const sending = load.run(server, 400);
      while (load.acknowledged.size < target) await new Promise((go) => setTimeout(go, 2));
      await killBackends(url);
      await sending;
      await accepts(url);
    }
    const stored = await readAll(server, load.account);
    assert.deepEqual(compare(load, stored), { lost: [], doubled: [] });
    const missed = () => {
      const heard = new Set(live.dispatches("message.create").map(({ id }) => id));
      return stored.filter(({ id }) => !heard.has(id));
    };
    await waitFor("all of it on the open connection", async () => {
      await Promise.resolve();
      return missed().length === 0;
    });
  } finally {
    await server.kill();
  }
});

async function accepts(url: string): Promise<void> {
  await waitFor("Postgres to have recovered", async () => {
    const sql = connect({ url, poolSize: 1, log: silentLog });
    try {
      return (await sql`select 1`).length === 1;
    } catch {
      return false;
    } finally {
      await sql.end({ timeout: 0 });
    }
  });
}

/** Ends every connection as a crash of the database does: in the middle of statements and commits. */
async function killBackends(url: string): Promise<void> {
  const sql = connect({ url, poolSize: 1, log: silentLog });
  const rows = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await sql.end();
  // One backend that dies by SIGKILL makes the postmaster restart all of them from the log.
  const [victim] = rows;
  if (victim !== undefined) Deno.kill(victim.pid, "SIGKILL");
}
