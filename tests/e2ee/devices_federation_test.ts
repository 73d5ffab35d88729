/** Identities, devices and what they say to each other, over real servers. PROTOCOL.md 10. */
import assert from "node:assert/strict";
import { queryDevices } from "../../core/api/federation/encryption.ts";
import { sendTransaction } from "../../core/api/federation/send.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import { HostilePeer } from "../federation/hostile_peer.ts";
import {
  anotherDevice,
  type Certified,
  certify,
  converse,
  devicesSeenBy,
  soon,
} from "../harness/e2ee_wire.ts";
import { serverName } from "../harness/events.ts";
import { type FederatedServer, type Federation, startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";

const peer = HostilePeer.start("evil.test");
let federation: Federation;
let one: FederatedServer;
let two: FederatedServer;
let ann: Certified;
/** Of the same server as ann, and in no room with bea. */
let cleo: Certified;
let bea: Certified;
let roomId: string;

/** The room is encrypted from now on. */
async function encrypt(server: FederatedServer, of: Certified): Promise<void> {
  const id = parseRoomId(roomId);
  const room = id === undefined ? undefined : await server.parts.chat?.rooms.open(id);
  await room?.changeControl(() => ({
    intents: [{
      type: "m.room.encryption",
      sender: of.person.id as UserId,
      stateKey: "",
      content: { algorithm: "mls" },
    }],
  }));
}

const hello = (to: string, kind = "verification.request") => ({
  user_id: to,
  device_id: "*",
  kind,
  body: "aGVsbG8",
});

async function inbox({ person }: Certified) {
  return (await person.do("GET", "/to-device")).items as {
    readonly id: string;
    readonly from: string;
    readonly from_device: string | null;
    readonly kind: string;
  }[];
}

/** Says something as the hostile server. */
async function say(type: string, content: Readonly<Record<string, unknown>>): Promise<void> {
  const reply = await peer.call({ url: two.url, name: serverName(two.name) }, sendTransaction, {
    txn_id: peer.rng.bytes(12).toHex(),
    origin: peer.name,
    pdus: [],
    edus: [{ type, content }],
  });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
}

Deno.test.beforeAll(async () => {
  federation = await startServers(2, { extraPeers: [peer.address] });
  [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const guild = await makeGuild(one, ["ann", "cleo"]);
  ann = await certify(guild.owner);
  cleo = await certify(guild.members[0] ?? guild.owner);
  bea = await certify(await two.register("bea"));
});
Deno.test.afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

Deno.test("people who have nothing to do with each other see no devices, and servers ask in vain", async () => {
  assert.deepEqual(await devicesSeenBy(ann.person, bea.person.id), []);
  const asked = await peer.call(
    { url: two.url, name: serverName(two.name) },
    queryDevices,
    { users: [bea.person.id, "@nobody:two.test", ann.person.id] },
  );
  assert.deepEqual([asked.status, asked.body], [200, { users: [] }]);
  const refused = await ann.person.try("POST", "/to-device", hello(bea.person.id));
  assert.equal(refused.status, 404);
});

Deno.test("who shares a room sees identity and devices of people elsewhere, checked", async () => {
  roomId = await converse(ann.person, bea.person);
  // Of whom nothing is held, their server is asked within the patience of whoever looks.
  const users = await soon("bea's identity to be known", async () => {
    const looked = await ann.person.do("POST", "/identities", {
      users: [bea.person.id, ann.person.id, cleo.person.id],
    });
    return looked.users[0].identity !== null && looked.users;
  });
  assert.deepEqual(users.map(({ identity }: { identity: unknown }) => identity), [
    bea.json,
    ann.json,
    cleo.json,
  ]);
  assert.deepEqual(users[0].devices, [{
    device: bea.device.id,
    certificate: bea.device.certificate,
  }]);
  // Of the same server, but in no room with bea.
  assert.deepEqual(await devicesSeenBy(cleo.person, bea.person.id), []);
  assert.deepEqual(await devicesSeenBy(bea.person, cleo.person.id), []);
});

Deno.test("the first device of somebody is told where they talk, encrypted or not yet", async () => {
  const { id: guild_id } = await ann.person.do("POST", "/guilds", { name: "For links" });
  const { code } = await ann.person.do("POST", "/invites", { guild_id });
  const dan = await one.register("dan", code);
  await converse(dan, bea.person);
  // A copy without any device is held from now on, which is not asked for again for a while.
  assert.deepEqual(await devicesSeenBy(bea.person, dan.id), []);
  using listening = await bea.person.connect();
  const { device } = await certify(dan);
  await listening.until((frame) =>
    frame.op === "dispatch" && frame.t === "devices.update" && frame.d.user_id === dan.id
  );
  await soon(
    "bea to see it",
    async () => (await devicesSeenBy(bea.person, dan.id)).includes(device.id),
  );
});

Deno.test("a new device and a lost one are told to servers of encrypted rooms", async () => {
  await encrypt(one, ann);
  using listening = await ann.person.connect();
  await soon("the other server to know", async () => {
    const rows = await two.parts.database.sql`
      select 1 from current_state where room_id = ${roomId} and type = 'm.room.encryption'`;
    return rows.length > 0;
  });
  const laptop = await anotherDevice(two, bea);
  const both = [bea.device.id, laptop.device.id].sort();
  await soon(
    "ann to see the new device",
    async () => (await devicesSeenBy(ann.person, bea.person.id)).length === 2,
  );
  assert.deepEqual(await devicesSeenBy(ann.person, bea.person.id), both);
  await listening.until((frame) =>
    frame.op === "dispatch" && frame.t === "devices.update" && frame.d.user_id === bea.person.id
  );
  await laptop.person.do("POST", "/logout");
  await soon(
    "ann to see it go",
    async () => (await devicesSeenBy(ann.person, bea.person.id)).length === 1,
  );
});

Deno.test("If a device list update goes missing, the server resyncs on the next one", async () => {
  const { sql } = two.parts.database;
  federation.cut(0, 1);
  const tablet = await anotherDevice(two, bea);
  // The word of it is lost for good.
  await soon("the word to wait", async () => {
    const gone = await sql`
      delete from outbox where kind = 'membership' and payload->>'kind' = 'devices'`;
    return gone.count > 0;
  });
  await one.parts.database.sql`update remote_device_lists set stale = true`;
  assert.equal((await devicesSeenBy(ann.person, bea.person.id)).includes(tablet.device.id), false);
  federation.heal(0, 1);
  // What the new device says shows that its server is there again and the list old.
  await tablet.person.do("POST", "/to-device", hello(ann.person.id, "verification.ready"));
  const said = await soon("its word", async () => (await inbox(ann))[0]);
  await soon(
    "the list to be asked for anew",
    async () => (await devicesSeenBy(ann.person, bea.person.id)).includes(tablet.device.id),
  );
  await ann.person.do("DELETE", `/to-device/${said.id}`);
  const phone = await anotherDevice(two, bea);
  const all = [bea.device.id, tablet.device.id, phone.device.id].sort();
  await soon(
    "ann to see both",
    async () => (await devicesSeenBy(ann.person, bea.person.id)).length === all.length,
  );
  assert.deepEqual(await devicesSeenBy(ann.person, bea.person.id), all);
});

Deno.test("a server that is away is said so, with what was known before", async () => {
  const known = await devicesSeenBy(ann.person, bea.person.id);
  await one.parts.database.sql`update remote_device_lists set stale = true`;
  federation.cut(0, 1);
  const { users } = await ann.person.do("POST", "/identities", { users: [bea.person.id] });
  assert.equal(users[0].unreachable, true);
  assert.equal(users[0].devices.length, known.length);
  federation.heal(0, 1);
});

Deno.test("devices of two servers speak to each other; blocks and strangers are silence", async () => {
  const sent = await ann.person.do("POST", "/to-device", hello(bea.person.id));
  assert.equal(sent.devices, null);
  const [item] = await soon("it to arrive", async () => {
    const items = await inbox(bea);
    return items.length > 0 && items;
  });
  assert.deepEqual(
    [item?.from, item?.from_device, item?.kind],
    [ann.person.id, ann.device.id, "verification.request"],
  );
  await bea.person.do("DELETE", `/to-device/${item?.id}`);
  await bea.person.do("POST", "/to-device", hello(ann.person.id, "verification.ready"));
  await soon("the answer", async () => (await inbox(ann)).length === 1);
  const forged = {
    from: `@mallory:${peer.name}`,
    from_device: null,
    to: bea.person.id,
    device: "*",
    kind: "verification.request",
    body: "aGVsbG8",
  };
  await say("m.to_device", forged);
  await say("m.to_device", { ...forged, from: ann.person.id, from_device: ann.device.id });
  await say("m.device", { user: ann.person.id, version: 99 });
  await bea.person.do("PUT", `/blocks/${encodeURIComponent(ann.person.id)}`);
  await ann.person.do("POST", "/to-device", hello(bea.person.id, "verification.cancel"));
  await soon("it to be said", async () => {
    const rows = await one.parts.database.sql`select 1 from outbox where kind = 'membership'`;
    return rows.length === 0;
  });
  // The control: a friend, who is not blocked, is heard later.
  await cleo.person.do("POST", "/relationships", { user_id: bea.person.id });
  await soon("bea to be asked", async () => {
    const path = `/relationships/${encodeURIComponent(cleo.person.id)}/accept`;
    return (await bea.person.try("POST", path)).status === 200;
  });
  await soon("cleo to be let in", async () => {
    const answer = await cleo.person.try("POST", "/to-device", hello(bea.person.id));
    return answer.status === 200;
  });
  await soon("the last one", async () => (await inbox(bea)).length > 0);
  assert.deepEqual((await inbox(bea)).map(({ from }) => from), [cleo.person.id]);
  const stale = await two.parts.database.sql`
    select 1 from remote_device_lists where user_id = ${ann.person.id} and stale`;
  assert.equal(stale.length, 0, "nobody speaks for another server's users");
});
