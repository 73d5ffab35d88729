import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import { UNTRIED } from "../../federation/outbound/health.ts";
import type { Mark } from "../../federation/outbound/ports.ts";
import { DATABASE_KINDS, openTestDatabase } from "../../tests/harness/database.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { freshDatabase, type TestDatabase } from "../../tests/harness/postgres.ts";
import { connect } from "../postgres/connect.ts";
import { registerWriter, releaseAlive } from "../postgres/writers.ts";
import { silentLog } from "../system/log.ts";
import { PostgresDestinationStore } from "./destination_store.ts";

const ONE = "one.test" as ServerName;
const TWO = "two.test" as ServerName;
const TIP = "i.0.1-7" as Mark;

/** A process of the homeserver, as far as it holds destinations. */
async function openProcess(db: TestDatabase, clock: ManualClock) {
  const session = connect({ url: db.url, poolSize: 1, log: silentLog, keepConnections: true });
  const writerId = await registerWriter(session, clock.now());
  const store = new PostgresDestinationStore({
    sql: db.sql,
    clock,
    writerId: () => writerId,
    tip: () => TIP,
  });
  return {
    store,
    /** As when its process is gone, however that came. */
    die: async () => {
      await releaseAlive(session, writerId);
      await session.end();
    },
  };
}

for (const kind of DATABASE_KINDS) {
  Deno.test(`destinations outlive a process with all that is known of them, on ${kind}`, async () => {
    await using database = await openTestDatabase(kind);
    const clock = new ManualClock();
    const open = (writerId: number) =>
      new PostgresDestinationStore({
        sql: database.sql,
        clock,
        writerId: () => writerId,
        tip: () => TIP,
      });
    const store = open(900);
    assert.deepEqual(await store.claim(ONE), { server: ONE, mark: TIP, health: UNTRIED });
    const failing = {
      server: ONE,
      mark: "i.0.1-9" as Mark,
      health: {
        failures: 3,
        failingSinceMs: 1_000,
        nextTryMs: 9_000,
        lastTryMs: 5_000,
        lastSuccessMs: 500,
        lastError: { kind: "timeout" as const, text: "no\u0000answer", atMs: 5_000 },
      },
    };
    assert.deepEqual(await store.save([failing]), []);
    await store.release();
    const { lastError, ...health } = failing.health;
    const read = {
      ...failing,
      health: { ...health, lastError: { ...lastError, text: "noanswer" } },
    };
    assert.deepEqual(await open(901).claimFree(), [read]);
  });
}

Deno.test("each destination has one process, and another one when that is gone", async () => {
  await using db = await freshDatabase({ poolSize: 4 });
  const clock = new ManualClock();
  const left = await openProcess(db, clock);
  const right = await openProcess(db, clock);
  const first = await left.store.claim(ONE);
  assert.ok(first);
  assert.ok(await right.store.claim(TWO));
  assert.equal(await right.store.claim(ONE), undefined);
  assert.deepEqual(await right.store.claimFree(), []);
  assert.deepEqual(await right.store.save([first]), [ONE], "it may not write what it has not");
  await left.die();
  const taken = await right.store.claimFree();
  assert.deepEqual(taken.map(({ server }) => server), [ONE]);
  await right.die();
});

Deno.test("a process that lives but renews nothing loses what it holds, and hears of it", async () => {
  await using db = await freshDatabase({ poolSize: 4 });
  const clock = new ManualClock();
  const stuck = await openProcess(db, clock);
  const other = await openProcess(db, clock);
  const held = await stuck.store.claim(ONE);
  assert.ok(held);
  clock.advance(60_000);
  await stuck.store.renew();
  clock.advance(60_000);
  assert.deepEqual(await other.store.claimFree(), []);
  clock.advance(60_000);
  assert.equal((await other.store.claimFree()).length, 1);
  assert.deepEqual(await stuck.store.save([held]), [ONE]);
  await stuck.die();
  await other.die();
});
