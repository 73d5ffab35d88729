/** Encrypted groups over real servers: one orders, the others follow. PROTOCOL.md 12. */
import assert from "node:assert/strict";
import {
  askSequencer,
  changeGroup,
  claimForGroup,
  claimKeyPackages,
  foundGroup,
  syncGroup,
} from "../../core/api/federation/groups.ts";
import { base64Of } from "../../core/e2ee/bytes.ts";
import { HostilePeer } from "../federation/hostile_peer.ts";
import { converse, soon } from "../harness/e2ee_wire.ts";
import { serverName } from "../harness/events.ts";
import { type FederatedServer, type Federation, startServers } from "../harness/federated.ts";
import { bundleOf, GroupDevice, testMls } from "../harness/group_devices.ts";
import type { TestIdentity } from "../harness/e2ee_people.ts";
import type { Person } from "../harness/homeserver.ts";

const peer = HostilePeer.start("evil.test");
let federation: Federation;
let one: FederatedServer;
let two: FederatedServer;
let room: string;
/** Of the server that orders, and of the other. */
let ann: GroupDevice;
let bea: GroupDevice;
let beaIs: TestIdentity;
let beasPhone: GroupDevice;

const groupOf = (device: GroupDevice) => device.person.do("GET", `/rooms/${room}/group`);

/** Until a device's server has the epoch. */
async function reaches(device: GroupDevice, epoch: number): Promise<void> {
  await soon(
    `${device.ref.user} to be told of epoch ${epoch}`,
    async () => (await groupOf(device)).epoch === epoch,
  );
}

function sameEpoch(...devices: readonly GroupDevice[]): void {
  const [first, ...others] = devices.map(({ group }) => base64Of(group.authenticator));
  for (const other of others) assert.equal(other, first);
}

async function hears(person: Person, said: { readonly message_id?: string; readonly id?: string }) {
  const id = said.id ?? said.message_id;
  await soon(`${person.id} to have ${id}`, async () => {
    const { items } = await person.do("GET", `/rooms/${room}/sealed`);
    return items.some((item: { event_id: string }) => item.event_id === id);
  });
}

Deno.test.beforeAll(async () => {
  federation = await startServers(2, { extraPeers: [peer.address] });
  [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const mls = await testMls();
  const [annIs, beaPerson] = [await one.register("ann"), await two.register("bea")];
  ann = (await GroupDevice.first(mls, annIs)).device;
  ({ device: bea, of: beaIs } = await GroupDevice.first(mls, beaPerson));
  room = await converse(ann.person, bea.person);
});
Deno.test.afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

Deno.test("a device of another server is added with a package of its own server, and joins by Welcome", async () => {
  await bea.upload(4, { lastResort: true });
  await ann.person.do("POST", `/rooms/${room}/encryption`);
  await ann.found(room);
  const { wanted, sequencer } = await soon("bea's device to be known and wanted", async () => {
    const group = await groupOf(ann);
    return group.wanted.add.length > 0 && group;
  });
  assert.deepEqual([sequencer, wanted], ["one.test", { add: [bea.ref], remove: [] }]);
  using listening = await bea.person.connect();
  await ann.add(room, [bea]);
  await listening.until((frame) => frame.op === "dispatch" && frame.t === "welcome");
  await bea.join();
  sameEpoch(ann, bea);
  const seen = await groupOf(bea);
  assert.deepEqual([seen.state, seen.epoch, seen.sequencer], ["active", 1, "one.test"]);
  assert.deepEqual(seen.receipt, (await groupOf(ann)).receipt);
});

Deno.test("members of both servers change the group, and what they seal is read on both", async () => {
  beasPhone = await GroupDevice.another(bea.mls, bea.person, beaIs);
  await beasPhone.upload(3, { lastResort: true });
  await soon(
    "the phone to be wanted",
    async () => (await groupOf(ann)).wanted.add.length === 1,
  );
  const { wanted } = await soon("her own server to say so", async () => {
    const group = await groupOf(bea);
    return group.wanted.add.length === 1 && group;
  });
  assert.deepEqual(wanted, { add: [beasPhone.ref], remove: [] });
  await bea.add(room, [beasPhone]);
  await beasPhone.join();
  await ann.catchUp(room);
  sameEpoch(ann, bea, beasPhone);
  assert.equal((await ann.send(room, await ann.commit())).status, 200);
  await reaches(bea, 3);
  for (const device of [bea, beasPhone]) await device.catchUp(room);
  sameEpoch(ann, bea, beasPhone);
  const fromBea = await bea.say(room, await bea.seal());
  assert.equal(fromBea.status, 200, JSON.stringify(fromBea.body));
  await hears(ann.person, fromBea.body);
  const fromAnn = await ann.say(room, await ann.seal());
  assert.equal(fromAnn.status, 200, JSON.stringify(fromAnn.body));
  await hears(bea.person, fromAnn.body);
});

Deno.test("the first change of an epoch counts, a lost answer is given again, and rules hold from afar", async () => {
  const made = await bea.commit();
  const path = `/rooms/${room}/group/commits`;
  const { receipt } = await bea.person.do("POST", path, bundleOf(made));
  // The answer was lost: the same again is the same.
  assert.deepEqual((await bea.send(room, made)).body.receipt, receipt);
  const late = await beasPhone.send(room, await beasPhone.commit());
  assert.deepEqual([late.status, late.body.error.code], [409, "stale_epoch"]);
  assert.equal(late.body.error.details.commits[0].receipt.sig, receipt.sig);
  for (const device of [ann, beasPhone]) await device.catchUp(room);
  sameEpoch(ann, bea, beasPhone);
  const anns = (await groupOf(bea)).leaves.find(({ user }: { user: string }) =>
    user === ann.ref.user
  );
  const eviction = await bea.send(room, await bea.commit({ remove: [anns.leaf] }));
  assert.deepEqual(
    [eviction.status, eviction.body.error.details.reason],
    [422, "unwanted_removal"],
  );
});

Deno.test("a device that lost its state comes in from outside, through its own server", async () => {
  const { epoch } = await groupOf(bea);
  const made = await beasPhone.externalJoin(room, { resync: true });
  const answer = await beasPhone.send(room, made, { epoch, external: true });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  for (const device of [ann, bea]) {
    await reaches(device, epoch + 1);
    await device.catchUp(room);
  }
  sameEpoch(ann, bea, beasPhone);
});

Deno.test("while the server that orders is away messages go on and changes are paused; nothing is lost", async () => {
  const { epoch } = await groupOf(bea);
  federation.cut(0, 1);
  const paused = await soon("the pause to be seen", async () => {
    const group = await groupOf(bea);
    return group.state === "paused" && group;
  });
  assert.deepEqual([paused.epoch, paused.leaves.length], [epoch, 3]);
  const refused = await bea.send(room, await bea.commit());
  assert.deepEqual(
    [refused.status, refused.body.error.details.reason],
    [503, "sequencer_away"],
  );
  const said = await bea.say(room, await bea.seal());
  assert.equal(said.status, 200, JSON.stringify(said.body));
  // The group moves on where it is ordered.
  for (let n = 0; n < 3; n++) assert.equal((await ann.send(room, await ann.commit())).status, 200);
  federation.heal(0, 1);
  await hears(ann.person, said.body);
  const { sql } = two.parts.database;
  await soon("the other server to be told without being asked", async () => {
    const rows = await sql`
      select 1 from mls_groups where room_id = ${room} and epoch = ${epoch + 3}`;
    return rows.length > 0;
  });
  for (const device of [bea, beasPhone]) await device.catchUp(room);
  sameEpoch(ann, bea, beasPhone);
  await soon("the pause to end", async () => (await groupOf(bea)).state === "active");
});

Deno.test("a device that is gone is taken out by the other server's people", async () => {
  await beasPhone.person.do("POST", "/logout");
  const gone = await soon("it to be wanted out", async () => {
    const { wanted } = await groupOf(ann);
    return wanted.remove.length === 1 && wanted.remove[0];
  });
  assert.deepEqual([gone.user, gone.device], [beasPhone.ref.user, beasPhone.ref.device]);
  const forgetful = await ann.send(room, await ann.commit());
  assert.deepEqual([forgetful.status, forgetful.body.error.code], [409, "roster_mismatch"]);
  assert.equal((await ann.send(room, await ann.commit({ remove: [gone.leaf] }))).status, 200);
  await reaches(bea, ann.group.epoch);
  await bea.catchUp(room);
  sameEpoch(ann, bea);
});

Deno.test("A22 A33 servers without a member of the room get one answer at every door of its group", async () => {
  const to = { url: one.url, name: serverName(one.name) };
  const id = { user: `@mallory:${peer.name}`, device: bea.id };
  const bytes = "AAAAAAAAAAAAAAAAAAAAAAAA";
  const bundle = { commit: bytes, group_info: bytes, welcome: null };
  const unknown = `!${room.slice(1, -4)}aaaa`;
  const answers: string[] = [];
  for (const room_id of [room, unknown]) {
    for (
      const reply of [
        await peer.call(to, syncGroup, { room_id, epoch: -1 }),
        await peer.call(to, askSequencer, { room_id, look: true }),
        await peer.call(to, foundGroup, { room_id, ...id, group_id: bytes, group_info: bytes }),
        await peer.call(to, changeGroup, {
          room_id,
          ...id,
          base_epoch: 0,
          external: true,
          ...bundle,
        }),
        await peer.call(to, claimForGroup, { room_id, user: id.user, devices: [bea.ref] }),
        await peer.call(to, claimKeyPackages, { room_id, devices: [ann.ref] }),
      ]
    ) {
      answers.push(`${reply.status} ${JSON.stringify(reply.body)}`);
    }
  }
  assert.deepEqual([...new Set(answers)].length, 1);
  assert.match(answers[0] ?? "", /^404 /);
});

Deno.test("A33 a server that orders two stories for one epoch is found out: both receipts are kept and shown", async () => {
  const { sql } = one.parts.database;
  const { epoch } = await groupOf(bea);
  // The ordering server goes back to how it was, as after a restore, or to deceive.
  for (const name of ["mls_groups", "mls_leaves", "mls_commits"]) {
    await sql.unsafe(`create table former_${name} as select * from ${name}`);
  }
  const before = ann.group;
  assert.equal((await ann.send(room, await ann.commit())).status, 200);
  await reaches(bea, epoch + 1);
  await sql`delete from mls_groups`;
  for (const name of ["mls_groups", "mls_leaves", "mls_commits"]) {
    await sql.unsafe(`insert into ${name} select * from former_${name}`);
  }
  ann.group = before;
  assert.equal((await ann.send(room, await ann.commit())).status, 200);
  const lied = await soon("the contradiction to be shown", async () => {
    const { contradictions } = await groupOf(bea);
    return contradictions.length > 0 && contradictions[0];
  });
  assert.equal(lied.epoch, epoch);
  const [first, second] = lied.receipts;
  assert.deepEqual([first.base_epoch, second.base_epoch], [epoch, epoch]);
  assert.notEqual(first.commit_hash, second.commit_hash);
  const held = await groupOf(bea);
  assert.equal(held.state, "paused", "what was held is kept");
  assert.deepEqual(held.receipt, first);
});
