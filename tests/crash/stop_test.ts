/**
 * A stop while the database is gone or says nothing: it ends, says what it gave up, and neither
 * loses nor doubles what was acknowledged.
 */
import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/free_port.ts";
import { connect } from "../../server/postgres/connect.ts";
import { forgiveStrayWrites } from "../../server/postgres/stray_writes.ts";
import { silentLog } from "../../server/system/log.ts";
import {
  type Cluster,
  databaseUrl,
  restartCluster,
  signalCluster,
  startCluster,
} from "../harness/postgres.ts";
import { compare, found, Load, readAll, SENDERS } from "../harness/sending_load.ts";
import { type ServerProcess, startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";

/** Acknowledged before the database goes. */
const SENT = 60;
const GAVE_UP =
  /(Stopped|The stop was cut off after 9 s); the database had not answered (\d+) write/;

interface World extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly load: Load;
  server: ServerProcess;
  start(): Promise<ServerProcess>;
}

async function openWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  // This process's own connections end in the middle of things, too.
  stack.use(forgiveStrayWrites(silentLog));
  const folder = stack.use(await tempFolder());
  const root = stack.use(await tempFolder());
  await Deno.chmod(root.path, 0o711);
  const cluster = await startCluster({ folder: root.path, watchPid: Deno.pid });
  const options = {
    dataFolder: folder.path,
    port: freePort(),
    databaseUrl: databaseUrl(cluster, "postgres"),
  };
  const start = () => startServerProcess(options);
  const server = await start();
  const owned = stack.move();
  const world: World = {
    cluster,
    load: new Load(await found(server)),
    server,
    start,
    async [Symbol.asyncDispose]() {
      await world.server.kill();
      await owned.disposeAsync();
    },
  };
  return world;
}

/**
 * Sends until the server ends, and has Postgres hold a batch of them back when `strike` comes: the
 * server has handed it over and has no answer.
 */
async function breakUnderLoad({ cluster, load, server }: World, strike: () => Promise<void>) {
  const sending = load.run(server, Number.MAX_SAFE_INTEGER);
  await waitFor("messages to be acknowledged", () => load.acknowledged.size >= SENT);
  const sql = connect({ url: databaseUrl(cluster, "postgres"), poolSize: 2, log: silentLog });
  const struck = Promise.withResolvers<void>();
  const holding = sql.begin(async (tx) => {
    await tx`lock table log_batches in access exclusive mode`;
    await waitFor("a batch to wait for the lock", async () => {
      const [row] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from pg_stat_activity
        where application_name = 'openguild log' and wait_event_type = 'Lock'`;
      return (row?.waiting ?? 0) > 0;
    });
    await strike();
    struck.resolve();
  }).catch((error) => struck.reject(error));
  await struck.promise.catch(() => undefined);
  return {
    sending,
    async end() {
      await holding;
      await sql.end({ timeout: 0 });
    },
  };
}

/** What is there after the next start, when all that had no answer has been sent again. */
async function checkAfterwards(world: World) {
  const { load } = world;
  world.server = await world.start();
  await load.run(world.server, SENDERS * 2);
  const stored = await readAll(world.server, load.account);
  assert.deepEqual(compare(load, stored), { lost: [], doubled: [] });
  assert.equal(await world.server.stop(), 0);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`a stop by ${signal} ends although Postgres was killed under load`, async () => {
    await using world = await openWorld();
    const broken = await breakUnderLoad(world, () => signalCluster(world.cluster, "SIGKILL"));
    await waitFor(
      "the server to have noticed",
      () => world.server.log().includes("does not say whether a batch is stored"),
    );
    assert.equal(await world.server.stop(signal), 1, world.server.log());
    const [, , given] = GAVE_UP.exec(world.server.log()) ?? [];
    assert.ok(Number(given) > 0, world.server.log());
    await broken.sending;
    await broken.end();
    await restartCluster(world.cluster, Deno.pid);
    await checkAfterwards(world);
  });
}

Deno.test("a stop ends although Postgres says nothing, and a second Ctrl-C ends it at once", async () => {
  for (const again of [false, true]) {
    await using world = await openWorld();
    const broken = await breakUnderLoad(world, () => signalCluster(world.cluster, "SIGSTOP"));
    const stopping = world.server.stop();
    if (again) {
      await waitFor("the stop to begin", () => world.server.log().includes("Stopping."));
      assert.equal(await world.server.stop(), 130);
    } else {
      assert.equal(await stopping, 1, world.server.log());
      assert.match(world.server.log(), GAVE_UP);
    }
    await broken.sending;
    // What it was given before, it stores now, or never: what is sent again finds out.
    await signalCluster(world.cluster, "SIGCONT");
    await broken.end();
    await checkAfterwards(world);
  }
});
