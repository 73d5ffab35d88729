/** How the encryption of a conversation of two begins: by either of them, and by both at once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeviceCallName } from "../../core/e2ee/engine/calls.ts";
import { DeviceClient, dmOf } from "../harness/device_client.ts";
import { converse, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { type Homeserver, type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { befriended } from "./people.ts";

/** Both have a device, and neither knows more than it asks for: what happens when is the test's. */
async function devices(folder: string, people: readonly [Person, Person]) {
  await using stack = new AsyncDisposableStack();
  const open = async (person: Person, at: number) => {
    const options = { folder: join(folder, `device-${at}`), offline: true };
    const client = stack.use(await DeviceClient.open(person, options));
    await client.engine.setUp({ name: `device-${at}` });
    return client;
  };
  const both = [await open(people[0], 0), await open(people[1], 1)] as const;
  const owned = stack.move();
  return { both, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The first calls of a name wait until each device has come to its own; `met` runs between. */
function meet(
  clients: readonly DeviceClient[],
  name: DeviceCallName,
  met: () => Promise<void> = async () => {},
): { readonly calls: number } {
  const all = Promise.withResolvers<void>();
  const counted = { calls: 0 };
  for (const { transport } of clients) {
    const call = transport.call.bind(transport);
    let isFirst = true;
    transport.call = async (asked, input, signal) => {
      if (asked === name && isFirst) {
        isFirst = false;
        if (++counted.calls === clients.length) await met().then(all.resolve, all.reject);
        await all.promise;
      }
      return await call(asked, input, signal);
    };
  }
  return counted;
}

async function groupOf(person: Person, roomId: string) {
  const group = await person.do("GET", `/rooms/${roomId}/group`);
  const users = group.leaves.map(({ user }: { user: string }) => user).sort();
  return { id: group.group_id as string, epoch: group.epoch as number, users };
}

Deno.test("who was asked into a conversation begins its encryption, once they have said yes", async () => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ann, bea] = [await one.register("ann"), await two.register("bea")];
  const { room_id: asked } = await ann.do("POST", "/dms", { user_id: bea.id });
  await soon("bea to be asked", async () => (await bea.do("GET", "/dms")).dms.length > 0);
  assert.equal((await bea.do("GET", "/dms")).dms[0].may_encrypt, false);
  const early = await bea.try("POST", `/rooms/${asked}/encryption`);
  assert.ok(early.status >= 400, JSON.stringify(early));
  const roomId = await converse(ann, bea);
  await using opened = await devices(folder.path, [ann, bea]);
  const [a, b] = opened.both;
  await soon("ann to hear of the answer", async () => {
    const { dms: [dm] } = await ann.do("GET", "/dms");
    return dm.state === "joined" && dm.may_encrypt;
  });
  await b.engine.enable(roomId, dmOf(bea, ann));
  await soon(
    "ann's server to hear of it",
    async () =>
      (await ann.do("GET", "/dms")).dms.some((dm: { encrypted: boolean }) => dm.encrypted),
  );
  await a.engine.expect(roomId, dmOf(ann, bea));
  await b.send(roomId, "the invited one speaks first");
  await soon(
    "ann to read it",
    async () => (await a.texts(roomId)).join() === "the invited one speaks first",
  );
  await a.send(roomId, "and is answered");
  await soon(
    "bea to read the answer",
    async () => (await b.texts(roomId)).join() === "the invited one speaks first,and is answered",
  );
  for (const server of [one, two]) assert.equal(await encryptions(server, roomId), 1);
});

Deno.test("both begin at the same moment on one server: one group, and each reads the other", async () => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const [ann, bea] = await befriended(server, ["ann", "bea"]);
  const { room_id: roomId } = await ann.do("POST", "/dms", { user_id: bea.id });
  await using opened = await devices(folder.path, [ann, bea]);
  const [a, b] = opened.both;
  // Each has seen that there is no group, and made one.
  const founded = meet(opened.both, "createGroup");
  const enabled = meet(opened.both, "enableEncryption");
  const [first, second] = await Promise.all([
    a.engine.enable(roomId, dmOf(ann, bea)),
    b.engine.enable(roomId, dmOf(bea, ann)),
  ]);
  assert.deepEqual([founded.calls, enabled.calls], [2, 2], "both were there at once");
  assert.deepEqual([first.phase, second.phase], ["encrypted", "encrypted"]);
  await talk({ roomId, clients: [a, b] });
  const groups = await Promise.all([ann, bea].map((person) => groupOf(person, roomId)));
  assert.deepEqual(groups[0], groups[1]);
  assert.deepEqual(groups[0]?.users, [ann.id, bea.id].sort());
  assert.equal(await encryptions(server, roomId), 1);
});

Deno.test("both begin at the same moment on two servers that do not hear each other: one group, and each reads the other", async () => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ann, bea] = [await one.register("ann"), await two.register("bea")];
  const roomId = await converse(ann, bea);
  await using opened = await devices(folder.path, [ann, bea]);
  const [a, b] = opened.both;
  await soon("both to be there for both", async () => {
    const looks = await Promise.all([ann, bea].map((person) => person.do("GET", "/dms")));
    return looks.every(({ dms: [dm] }) => dm.state === "joined" && dm.may_encrypt);
  });
  const founded = meet(opened.both, "createGroup");
  // Each server takes its own user's word before it hears of the other's: the room's graph forks.
  const enabled = meet(opened.both, "enableEncryption", async () => {
    await Promise.resolve(federation.cut(0, 1));
  });
  const forked = Promise.all(
    [one, two].map((server) =>
      soon(
        `${server.name} to have taken one of the two`,
        async () => await encryptions(server, roomId) === 1,
      )
    ),
  ).then(() => federation.heal(0, 1));
  await Promise.all([
    a.engine.enable(roomId, dmOf(ann, bea)),
    b.engine.enable(roomId, dmOf(bea, ann)),
    forked,
  ]);
  assert.deepEqual([founded.calls, enabled.calls], [2, 2], "both were there at once");
  // Whose group did not win comes into the other one, once its server is reached again.
  await soon("bea to be in", async () => (await b.engine.sync(roomId)).phase === "encrypted");
  await talk({ roomId, clients: [a, b] });
  const groups = await Promise.all([ann, bea].map((person) => groupOf(person, roomId)));
  assert.equal(groups[0]?.id, groups[1]?.id);
  assert.deepEqual(groups.map(({ users }) => users), Array(2).fill([ann.id, bea.id].sort()));
  await soon("both servers to hold the same beginning", async () => {
    const held = await Promise.all([one, two].map((server) => inForce(server, roomId)));
    return held[0] !== undefined && held[0] === held[1];
  });
  assert.deepEqual(
    await Promise.all([one, two].map((server) => encryptions(server, roomId))),
    [2, 2],
    "the other one's is known and says the same: neither is sent once more",
  );
});

/** Each says something, and both read all of it in the end. */
async function talk(
  { roomId, clients }: { readonly roomId: string; readonly clients: readonly DeviceClient[] },
): Promise<void> {
  const said: string[] = [];
  for (const client of [...clients, ...clients]) {
    said.push(`word ${said.length} of ${client.person.id}`);
    await client.send(roomId, said.at(-1) as string);
  }
  for (const client of clients) {
    await soon(`${client.person.id} to read all`, async () => {
      await client.engine.sync(roomId);
      const texts = await client.texts(roomId);
      assert.ok(texts.every((text) => !text.startsWith("<") || text === "<restoring>"), `${texts}`);
      return JSON.stringify([...texts].sort()) === JSON.stringify([...said].sort());
    });
  }
}

/** How many events switched encryption on, as a server knows the room. */
async function encryptions({ parts }: Homeserver, roomId: string): Promise<number> {
  const [row] = await parts.database.sql<{ count: number }[]>`
    select count(*)::int as count from events
    where room_id = ${roomId} and type = 'm.room.encryption'`;
  return row?.count ?? 0;
}

async function inForce({ parts }: Homeserver, roomId: string): Promise<string | undefined> {
  const [row] = await parts.database.sql<{ event_id: string }[]>`
    select event_id from current_state
    where room_id = ${roomId} and type = 'm.room.encryption' and state_key = ''`;
  return row?.event_id;
}
