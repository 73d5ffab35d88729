import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeviceStore, StoreChange } from "../../core/e2ee/engine/ports.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { systemClock } from "../../server/system/clock.ts";
import { casesOf } from "../harness/cases.ts";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { type Homeserver, type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { befriended } from "./people.ts";

/** A life has fewer writes than this. */
const MOST_WRITES = 80;
/** Lives: a run of all of them ends at each write once, an ordinary one at every seventh. */
const STRIDE = Math.ceil(MOST_WRITES / casesOf("E2EE_CRASHES", 12));

/** After so long a device renews its keys in a group. */
const EIGHT_DAYS_MS = 8 * 24 * 3_600_000;
/** Sleeps up to this are for others to come first: nobody else is there. */
const SHORT_MS = 60_000;

class Crash extends Error {
  override readonly name = "Crash";
}

/** Lets the store die at a write: before it, or after it without the engine hearing of it. */
function dieAt(store: DeviceStore, at: number): { store: DeviceStore; writes: () => number } {
  let count = 0;
  return {
    writes: () => count,
    store: {
      get: (table, key) => store.get(table, key),
      list: (table, options) => store.list(table, options),
      async write(changes: readonly StoreChange[]) {
        count++;
        if (count > at) throw new Crash("The process is dead");
        if (count < at) return await store.write(changes);
        if (at % 3 === 0) await store.write(changes);
        throw new Crash(`The process dies at write ${at}`);
      },
    },
  };
}

/** The system's time and a leap. */
class LeapingClock implements Clock {
  leapMs = 0;

  constructor(readonly farMs: number) {}

  now = () => systemClock.now() + this.leapMs;
  monotonic = () => systemClock.monotonic();
  sleep = (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms > SHORT_MS ? ms : Math.min(ms, 5), signal);
}

interface Talk {
  readonly server: Homeserver;
  readonly folder: string;
  readonly ada: Person;
  readonly bo: Person;
  readonly a: DeviceClient;
  readonly roomId: string;
  readonly recoveryKey: string;
}

/**
 * All that a device does in its life: it is set up, approved, joins, reads, writes, renews its
 * keys. Begun again after a crash, it goes on from wherever it was.
 */
async function live(
  talk: Talk,
  { device, clock, died }: Life,
  said: string,
): Promise<void> {
  const { bo, ada, roomId, recoveryKey } = talk;
  await device.engine.setUp({ name: "phone" });
  if (device.engine.state().phase !== "ready") await device.engine.restore({ recoveryKey });
  await device.engine.expect(roomId, dmOf(ada, bo));
  const { epoch = 0 } = await device.engine.sync(roomId);
  await device.send(roomId, said);
  clock.leapMs = clock.farMs;
  await device.engine.sync(roomId);
  await waitFor(
    "keys to be renewed",
    () => died() || (device.engine.room(roomId).epoch ?? 0) > epoch,
  );
  await device.engine.sync(roomId);
}

interface Life {
  readonly device: DeviceClient;
  readonly clock: LeapingClock;
  readonly died: () => boolean;
}

Deno.test("a device that dies at any write of its store goes on when it is started again", async () => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const [ada, bo] = await befriended(server, ["ada", "bo"]);
  await using a = await DeviceClient.open(ada, { folder: join(folder.path, "a") });
  await using b = await DeviceClient.open(bo, { folder: join(folder.path, "b") });
  await a.engine.setUp({ name: "a" });
  await b.engine.setUp({ name: "b" });
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  await a.engine.enable(roomId, dmOf(ada, bo));
  await a.send(roomId, "hello");
  await b.engine.sync(roomId);
  const { recoveryKey } = await b.engine.createBackup();
  const talk: Talk = { server, folder: folder.path, ada, bo, a, roomId, recoveryKey };
  const texts = ["hello"];
  let at = 1;
  while (at <= MOST_WRITES && !await dieOnce(talk, at, texts)) at += STRIDE;
  // At least 25 writes, more where messages come one by one.
  assert.ok(at > 25 && at <= MOST_WRITES, `a life of ${at} writes`);
  assert.deepEqual(a.engine.counters(), {});
});

/** One life that ends at a write and goes on. @returns whether it ended before that write came */
async function dieOnce(talk: Talk, at: number, texts: string[]): Promise<boolean> {
  const { server, bo, a, roomId } = talk;
  const person = await signInAgain(server, bo);
  const folder = join(talk.folder, `life-${at}`);
  const said = `life ${at}`;
  let dying: ReturnType<typeof dieAt> | undefined;
  const died = () => (dying?.writes() ?? 0) >= at;
  const clock = new LeapingClock(EIGHT_DAYS_MS);
  const first = await DeviceClient.open(person, {
    folder,
    clock,
    offline: true,
    wrap: (store) => (dying = dieAt(store, at)).store,
  });
  const ended = await live(talk, { device: first, clock, died }, said)
    .then(() => undefined, (error) => error);
  await first[Symbol.asyncDispose]();
  if (ended !== undefined && !(ended instanceof Crash)) throw ended;
  // The first life may have renewed them at its end.
  const later = new LeapingClock(2 * EIGHT_DAYS_MS);
  await using again = await DeviceClient.open(person, { folder, clock: later, offline: true });
  await live(talk, { device: again, clock: later, died: () => false }, `${said} again`);
  const seen = await a.texts(roomId);
  if (seen.includes(said)) texts.push(said);
  texts.push(`${said} again`);
  assert.deepEqual(seen, texts.slice(-100), `life ${at}`);
  assert.deepEqual(await again.texts(roomId), seen, `life ${at}`);
  await bo.do("DELETE", `/devices/${again.engine.state().deviceId}`);
  return !died();
}
