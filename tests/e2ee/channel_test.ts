import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "../../scripts/lib/free_port.ts";
import { FileDeviceStore } from "../harness/device_store.ts";
import { DeviceClient, signInAgain } from "../harness/device_client.ts";
import { type Homeserver, makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { MemoryLog } from "../harness/parts.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { dumpDatabase, found, logText, tapBus } from "./secrecy.ts";

const CHANNEL = { kind: "channel" } as const;

/** Said in the encrypted channel: a server may hold none of them in any form. */
const SECRETS = Array.from({ length: 8 }, (_, at) => `zebra-quartz-${at}-${crypto.randomUUID()}`);
const [FIRST, EDITED, TO_TWO, AFTER_RESTART, TO_ALL, LAST, PHONE, WITHOUT] = SECRETS as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
/** Said in the open, so that the search is known to find what is there. */
const OPEN = `plain-marble-${crypto.randomUUID()}`;

async function encryptedChannel(server: Homeserver, folder: string) {
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members as [Person, Person];
  const { room_id: roomId } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
  });
  await using stack = new AsyncDisposableStack();
  const open = async (person: Person, name: string) => {
    const client = stack.use(await DeviceClient.open(person, { folder: join(folder, name) }));
    await client.engine.setUp({ name });
    return client;
  };
  const clients = [await open(owner, "ann"), await open(bob, "bob"), await open(cid, "cid")];
  for (const person of [bob, cid]) {
    await owner.do("POST", "/invite", { room_id: roomId, user_id: person.id });
  }
  await (clients[0] as DeviceClient).engine.enable(roomId, CHANNEL);
  const owned = stack.move();
  const [a, b, c] = clients as [DeviceClient, DeviceClient, DeviceClient];
  return {
    ...{ guildId, general, roomId, owner, bob, cid, a, b, c },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Who stands in the room's group, as the server lists it. */
async function devicesIn(person: Person, roomId: string): Promise<string[]> {
  const { leaves } = await person.do("GET", `/rooms/${roomId}/group`);
  return leaves.map(({ user }: { user: string }) => user).sort();
}

Deno.test("a private channel: removal, return, a restart of the server, a lost device; the server knows no word", async (t) => {
  const log = new MemoryLog();
  await using folder = await tempFolder();
  const settings = { "listen.port": String(freePort()) };
  await using first = await startHomeserver({ log, settings });
  let server: Homeserver = first;
  const bus = tapBus(server);
  await using room = await encryptedChannel(server, folder.path);
  const { a, b, c, owner, bob, cid, roomId, general, guildId } = room;
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: OPEN });

  await t.step("three read what each says", async () => {
    const said = await a.send(roomId, "a slip");
    await a.edit(roomId, said.id, FIRST);
    await b.engine.sync(roomId);
    await b.send(roomId, EDITED, { replyTo: said.id });
    for (const client of [a, b, c]) assert.deepEqual(await client.texts(roomId), [FIRST, EDITED]);
  });

  await t.step("who is removed reads nothing that comes after", async () => {
    // Before it: the device hears of it by itself, and may take them out before it sends.
    const epoch = a.engine.room(roomId).epoch ?? 0;
    await owner.do("DELETE", `/guilds/${guildId}/members/${cid.id}`);
    await waitFor("the removal to be known", async () => {
      const { wanted } = await owner.do("GET", `/rooms/${roomId}/group`);
      return wanted.remove.length > 0 || !(await devicesIn(owner, roomId)).includes(cid.id);
    });
    await a.send(roomId, TO_TWO);
    assert.ok((a.engine.room(roomId).epoch ?? 0) > epoch, "the removal came before the message");
    assert.deepEqual(await devicesIn(owner, roomId), [owner.id, bob.id]);
    assert.equal((await b.texts(roomId)).at(-1), TO_TWO);
    await c.engine.sync(roomId);
    assert.equal((await cid.try("GET", `/rooms/${roomId}/messages`)).status, 404);
    assert.notEqual(c.engine.room(roomId).phase, "encrypted");
  });

  await t.step("the server ends in the middle and starts again", async () => {
    await b.send(roomId, "before the end");
    await server.stop();
    await assert.rejects(a.send(roomId, "nobody hears this"));
    server = await startHomeserver({ log, settings, again: server });
    await Promise.all([a, b, c].map((client) => client.transport.connect()));
    await a.send(roomId, AFTER_RESTART);
    assert.equal((await b.texts(roomId)).at(-1), AFTER_RESTART);
  });

  await t.step("who comes back is let in and reads from there on", async () => {
    const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
    await cid.do("POST", `/invites/${code}/accept`, {});
    await owner.do("POST", "/invite", { room_id: roomId, user_id: cid.id });
    await a.engine.sync(roomId);
    // At once: the message itself lets the newcomer in, who could never read it otherwise.
    await a.send(roomId, TO_ALL);
    await c.engine.sync(roomId);
    await c.until(roomId, "in again", ({ phase }) => phase === "encrypted");
    await c.send(roomId, LAST);
    const seen = (await c.texts(roomId)).filter((text) => !text.startsWith("<"));
    assert.deepEqual(seen.slice(-2), [TO_ALL, LAST]);
    assert.ok(!seen.includes(TO_TWO) && !seen.includes(AFTER_RESTART));
    for (const client of [a, b]) assert.equal((await client.texts(roomId)).at(-1), LAST);
  });

  await t.step("a lost phone is cut off: its session ends, and it is in no group", async () => {
    const { recoveryKey } = await b.engine.createBackup();
    const phone = await DeviceClient.open(await signInAgain(server, bob), {
      folder: join(folder.path, "phone"),
    });
    const lost = phone.engine.state;
    await phone.engine.setUp({ name: "phone" });
    await phone.engine.restore({ recoveryKey });
    await phone.engine.sync(roomId);
    await phone.send(roomId, PHONE);
    assert.equal((await a.texts(roomId)).at(-1), PHONE);
    const id = lost.call(phone.engine).deviceId;
    await phone[Symbol.asyncDispose]();
    await bob.do("DELETE", `/devices/${id}`);
    await waitFor(
      "the phone to be out",
      async () => (await devicesIn(owner, roomId)).filter((user) => user === bob.id).length === 1,
    );
    await a.send(roomId, WITHOUT);
    assert.equal((await b.texts(roomId)).at(-1), WITHOUT);
  });

  await t.step("two engines of one device are refused", async () => {
    await assert.rejects(FileDeviceStore.open(join(folder.path, "ann")), /is in use/);
  });

  await t.step(
    "database, log and bus hold what was said in the open, and nothing else",
    async () => {
      const database = await dumpDatabase(server);
      assert.deepEqual(found(database, [OPEN]), [OPEN]);
      assert.ok(bus.text().includes(roomId), "the bus was heard");
      assert.ok(log.lines.length > 0);
      for (const text of [database, bus.text(), logText(log)]) {
        assert.deepEqual(found(text, SECRETS), []);
      }
    },
  );
  for (const client of [a, b]) assert.deepEqual(client.engine.counters(), {});
  if (server !== first) await server[Symbol.asyncDispose]();
});
