import assert from "node:assert/strict";
import type { RemoteDeviceList } from "../../core/api/federation/encryption.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type Transport, TransportError } from "../../federation/ports.ts";
import { testDevice, testIdentity } from "../../tests/harness/e2ee_people.ts";
import { ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { RemoteDevices } from "./remote_devices.ts";

const BEA = "@bea:two.test" as UserId;

type Lists = readonly RemoteDeviceList[];
type Answering = (users: readonly string[]) => Lists | Promise<Lists>;

/** A server asked by nobody but this one, which answers what a test says. */
async function asking(answer: { by: Answering }) {
  const database = await freshDatabase();
  const clock = new ManualClock();
  const changed: UserId[] = [];
  const asked: string[][] = [];
  const devices = new RemoteDevices({
    sql: database.sql,
    clock,
    log: new MemoryLog(),
    self: "one.test" as ServerName,
    transport: {
      call: async (_to: ServerName, _operation: unknown, { users }: { users: string[] }) => {
        asked.push(users);
        return { users: await answer.by(users) };
      },
    } as unknown as Pick<Transport, "call">,
    policy: { refusal: () => undefined },
    verifier: new StrictVerifier(),
    changed: (users) => void changed.push(...users),
  });
  return {
    devices,
    clock,
    changed,
    asked,
    seen: async () => (await devices.find([BEA])).get(BEA),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

Deno.test("A33 a server that controls its users' lists cannot add a ghost device, nor swap keys of one identity", async () => {
  const answer: { by: Answering } = { by: () => [] };
  await using at = await asking(answer);
  const now = at.clock.now();
  const bea = await testIdentity(BEA);
  const other = await testIdentity(BEA);
  const mallory = await testIdentity("@mallory:two.test" as UserId);
  const good = await testDevice(bea, now);
  const ghost = await testDevice(other, now);
  const list = (over: Partial<RemoteDeviceList>): Answering => () => [
    { user: BEA, version: 1, identity: bea.json, devices: [], ...over },
  ];
  const entry = ({ id, certificate }: { id: string; certificate: string }) => ({
    device: id,
    certificate,
  });
  const lies: Answering[] = [
    list({ devices: [entry(ghost)] }),
    list({ devices: [{ device: ghost.id, certificate: good.certificate }] }),
    list({ devices: [entry(await testDevice(mallory, now))] }),
    list({ devices: [entry(await testDevice(bea, now, { forMs: -1 }))] }),
    list({ devices: [{ device: good.id, certificate: "AAAA" }] }),
  ];
  for (const lie of lies) {
    answer.by = lie;
    await at.devices.hear(BEA, at.clock.now());
    at.clock.advance(7 * 3_600_000);
    const seen = await at.seen();
    assert.deepEqual(seen?.devices, []);
    assert.deepEqual(seen?.identity, bea.json);
  }
  // An identity that does not hold together is none, and has no devices.
  for (
    const identity of [
      { ...bea.json, ssk: other.json.ssk },
      { ...bea.json, usk_sig: other.json.usk_sig },
      mallory.json,
    ]
  ) {
    answer.by = list({ identity, devices: [entry(good)] });
    at.clock.advance(7 * 3_600_000);
    assert.deepEqual(await at.seen(), { user_id: BEA, identity: null, devices: [] });
  }
  answer.by = list({ devices: [entry(good), entry(ghost)] });
  at.clock.advance(7 * 3_600_000);
  assert.deepEqual((await at.seen())?.devices, [entry(good)]);
});

Deno.test("copies are asked for when they are old or known to be, and changes are told once", async () => {
  const answer: { by: Answering } = { by: () => [] };
  await using at = await asking(answer);
  const bea = await testIdentity(BEA);
  const device = await testDevice(bea, at.clock.now());
  const listed = { device: device.id, certificate: device.certificate };
  answer.by = () => [{ user: BEA, version: 1, identity: bea.json, devices: [listed] }];
  await at.seen();
  await at.seen();
  assert.equal(at.asked.length, 1);
  assert.deepEqual(at.changed, [BEA]);
  // The version that is held: nothing to do.
  await at.devices.hear(BEA, 1);
  await at.seen();
  assert.equal(at.asked.length, 1);
  // A word of somebody of whom nothing is held leads to no question.
  await at.devices.hear("@nobody:two.test" as UserId, 5);
  assert.equal(at.asked.length, 1);
  answer.by = () => [{ user: BEA, version: 3, identity: bea.json, devices: [] }];
  await at.devices.hear(BEA, 3);
  assert.deepEqual((await at.seen())?.devices, []);
  assert.deepEqual(at.changed, [BEA, BEA]);
  at.clock.advance(7 * 3_600_000);
  await at.seen();
  assert.deepEqual(at.changed, [BEA, BEA], "the same again is no change");
  // What was not asked about is not taken; of whom nothing is said, what is held stays.
  answer.by = () => [{ user: "@x:two.test", version: 1, identity: null, devices: [] }];
  at.clock.advance(7 * 3_600_000);
  assert.deepEqual((await at.seen())?.identity, bea.json);
});

Deno.test("a server that does not answer is left alone for a while, and what was known stays", async () => {
  const bea = await testIdentity(BEA);
  const answer: { by: Answering } = {
    by: () => [{ user: BEA, version: 1, identity: bea.json, devices: [] }],
  };
  await using at = await asking(answer);
  await at.seen();
  answer.by = () => {
    throw new TransportError("timeout", "two.test does not answer.");
  };
  at.clock.advance(7 * 3_600_000);
  const seen = await at.seen();
  assert.equal(seen?.unreachable, true);
  assert.deepEqual(seen.identity, bea.json);
  await at.seen();
  assert.equal(at.asked.length, 2);
  at.clock.advance(60_000);
  answer.by = () => [{ user: BEA, version: 1, identity: bea.json, devices: [] }];
  assert.equal((await at.seen())?.unreachable, undefined);
});

/** Bea with an identity, and lists of hers: with these devices of two, under a version. */
async function beaWithTwo(nowMs: number) {
  const bea = await testIdentity(BEA);
  const entries = [await testDevice(bea, nowMs), await testDevice(bea, nowMs)]
    .map(({ id, certificate }) => ({ device: id, certificate }));
  const list = (version: number, count: number): Lists => [
    { user: BEA, version, identity: bea.json, devices: entries.slice(0, count) },
  ];
  return { list };
}

/** An answer that is given when a test says so; the question has been asked then. */
function heldBack(answer: { by: Answering }, lists: Lists) {
  const [asked, given] = [Promise.withResolvers<void>(), Promise.withResolvers<Lists>()];
  answer.by = () => {
    asked.resolve();
    return given.promise;
  };
  return { asked: asked.promise, give: () => given.resolve(lists) };
}

const count = (seen: { devices: readonly unknown[] } | undefined) => seen?.devices.length;

Deno.test("an answer from before a word that came while it was on its way is not taken for the present", async () => {
  const answer: { by: Answering } = { by: () => [] };
  await using at = await asking(answer);
  const { list } = await beaWithTwo(at.clock.now());
  answer.by = () => list(1, 0);
  await at.seen();
  await at.devices.outdate([BEA]);
  for (const version of [2, 3]) {
    const slow = heldBack(answer, list(version - 1, version - 2));
    const looking = at.seen();
    await slow.asked;
    answer.by = () => list(version, version - 1);
    await at.devices.hear(BEA, version);
    slow.give();
    await looking;
    assert.equal(count(await at.seen()), version - 1, `after the word of version ${version}`);
    await at.devices.outdate([BEA]);
  }
});

Deno.test("an answer that comes after a newer one does not take its place", async () => {
  const answer: { by: Answering } = { by: () => [] };
  await using at = await asking(answer);
  const { list } = await beaWithTwo(at.clock.now());
  answer.by = () => list(1, 1);
  await at.seen();
  await at.devices.outdate([BEA]);
  const slow = heldBack(answer, list(1, 1));
  const looking = at.seen();
  await slow.asked;
  answer.by = () => list(2, 2);
  assert.equal(count(await at.seen()), 2);
  // The word of what is held already, while the older answer is still on its way.
  await at.devices.hear(BEA, 2);
  slow.give();
  assert.equal(count(await looking), 2);
  assert.equal(count(await at.seen()), 2);
});

Deno.test("who has no device yet, and who was asked about for the first time, is soon asked about again", async () => {
  for (const [first, later] of [[0, 1], [1, 2]] as const) {
    const answer: { by: Answering } = { by: () => [] };
    await using at = await asking(answer);
    const { list } = await beaWithTwo(at.clock.now());
    const slow = heldBack(answer, list(1, first));
    const looking = at.seen();
    await slow.asked;
    // Nothing is held that this word could be noted with.
    await at.devices.hear(BEA, 2);
    slow.give();
    await looking;
    answer.by = () => list(2, later);
    assert.equal(count(await at.seen()), first);
    for (let minute = 0; minute < 3; minute++) {
      at.clock.advance(60_000);
      assert.equal(count(await at.seen()), later);
    }
    assert.equal(at.asked.length, 2);
  }
});
