/** Somebody leaves an encrypted conversation of two, is written to meanwhile, and comes back. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, dmOf } from "../harness/device_client.ts";
import { converse, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { type Homeserver, type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { befriended } from "./people.ts";

/** Two with a device each, in an encrypted conversation in which both have read a word. */
async function talking(
  folder: string,
  { roomId, people }: { readonly roomId: string; readonly people: readonly [Person, Person] },
) {
  await using stack = new AsyncDisposableStack();
  const open = async (person: Person, at: number) => {
    const client = stack.use(await DeviceClient.open(person, { folder: join(folder, `${at}`) }));
    await client.engine.setUp({ name: `device-${at}` });
    return client;
  };
  const [a, b] = [await open(people[0], 0), await open(people[1], 1)];
  const kind = dmOf(...people);
  await b.engine.expect(roomId, kind);
  await a.engine.enable(roomId, kind);
  await b.until(roomId, "to be in", ({ phase }) => phase === "encrypted");
  await a.until(roomId, "not to be alone", ({ reasons }) => reasons.length === 0);
  await a.send(roomId, "before");
  await reads(b, roomId, ["before"]);
  const owned = stack.move();
  return { a, b, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** In any order: what two servers took at the same time each has at its own place. */
const reads = (client: DeviceClient, roomId: string, texts: readonly string[]) =>
  soon(`${client.person.id} to read ${texts}`, async () => {
    const shown = await client.texts(roomId, 1000);
    assert.ok(shown.every((text) => !text.startsWith("<") || text === "<restoring>"), `${shown}`);
    return JSON.stringify(shown.sort()) === JSON.stringify([...texts].sort());
  });

const stateFor = async (person: Person, roomId: string) =>
  (await person.do("GET", "/dms")).dms
    .find((dm: { room_id: string }) => dm.room_id === roomId)?.state;

const leave = (person: Person, roomId: string) =>
  person.do("POST", `/dms/${encodeURIComponent(roomId)}/leave`);

/** What is sealed now would be for nobody: it waits, and goes out when the other one is back. */
async function refusesAlone(client: DeviceClient, roomId: string): Promise<void> {
  await client.until(
    roomId,
    "to be alone",
    ({ reasons }) => reasons.includes("waiting_for_devices"),
  );
  await assert.rejects(client.send(roomId, "for nobody"), { reason: "waiting_for_devices" });
}

Deno.test("who left and comes back reads what waited for them, and what was said before, on one server", async () => {
  await using server: Homeserver = await startHomeserver();
  await using folder = await tempFolder();
  const people = await befriended(server, ["ann", "bea"]);
  const [ann, bea] = people;
  const { room_id: roomId } = await ann.do("POST", "/dms", { user_id: bea.id });
  await using talk = await talking(folder.path, { roomId, people });
  const { a, b } = talk;
  for (const [away, stays] of [[b, a], [a, b]] as const) {
    const before = await stays.texts(roomId);
    await leave(away.person, roomId);
    await refusesAlone(stays, roomId);
    await away.person.do("POST", "/dms", { user_id: stays.person.id });
    await stays.until(roomId, "not to be alone", ({ reasons }) => reasons.length === 0);
    const said = `waited for ${away.person.id}`;
    await stays.send(roomId, said);
    for (const client of [stays, away]) await reads(client, roomId, [...before, said]);
    await away.send(roomId, `${away.person.id} is back`);
    for (const client of [stays, away]) {
      await reads(client, roomId, [...before, said, `${away.person.id} is back`]);
    }
  }
});

for (const [at, name] of ["who made the conversation", "who was asked into it"].entries()) {
  Deno.test(`what was sealed before a leave was heard of is read on coming back: ${name} leaves, over two servers`, async () => {
    await using federation = await startServers(2);
    await using folder = await tempFolder();
    const [one, two] = federation.servers as [FederatedServer, FederatedServer];
    const [ann, bea] = [await one.register("ann"), await two.register("bea")];
    const roomId = await converse(ann, bea);
    await using talk = await talking(folder.path, { roomId, people: [ann, bea] });
    const [away, stays] = at === 0 ? [talk.a, talk.b] : [talk.b, talk.a];
    federation.cut(0, 1);
    await leave(away.person, roomId);
    await stays.send(roomId, "sealed in ignorance");
    federation.heal(0, 1);
    await soon(
      "the leave to be heard of",
      async () => await stateFor(stays.person, roomId) === "left",
    );
    await refusesAlone(stays, roomId);
    await away.person.do("POST", "/dms", { user_id: stays.person.id });
    await stays.until(roomId, "not to be alone", ({ reasons }) => reasons.length === 0);
    await stays.send(roomId, "said on coming back");
    const texts = ["before", "sealed in ignorance", "said on coming back"];
    for (const client of [stays, away]) await reads(client, roomId, texts);
    await away.send(roomId, "thanks");
    await reads(stays, roomId, [...texts, "thanks"]);
  });
}
