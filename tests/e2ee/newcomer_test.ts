/** What is said between somebody's coming and their first device's: it opens for them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient } from "../harness/device_client.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { systemClock } from "../../server/system/clock.ts";

const CLOSED = "<before_join>";

/** Waits of seconds are over in no time; what is waited for is looked at. */
const hurried = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms > 60_000 ? ms : ms / 20, signal),
};

Deno.test("what is sealed after somebody was let in opens for them, whenever their device comes", async (t) => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const { owner: ann, members: [cleo, dan], guildId } = await makeGuild(one, [
    "ann",
    "cleo",
    "dan",
  ]);
  assert.ok(cleo && dan);
  const bea = await two.register("bea");
  const open = async (person: Person, offline = false) => {
    const client = stack.use(
      await DeviceClient.open(person, {
        folder: join(folder.path, person.id),
        clock: hurried,
        offline,
      }),
    );
    await client.engine.setUp({ name: "desk" });
    return client;
  };
  const isIn = (client: DeviceClient) =>
    soon(`${client.person.id} to be in the group`, async () => {
      await client.engine.sync(roomId);
      return client.engine.room(roomId).phase === "encrypted";
    });
  const shows = (client: DeviceClient, wanted: readonly string[]) =>
    soon(`${client.person.id} to read ${JSON.stringify(wanted)}`, async () => {
      const seen = await client.texts(roomId);
      return JSON.stringify(seen) === JSON.stringify(wanted);
    });
  const isMember = (person: Person) =>
    soon(`${person.id} to be a member`, async () => {
      await a.engine.sync(roomId);
      const { awaited, leaves } = await ann.do("GET", `/rooms/${roomId}/group`);
      return awaited.includes(person.id) ||
        leaves.some(({ user }: { user: string }) => user === person.id);
    });

  const a = await open(ann);
  const { room_id: roomId } = await ann.do("POST", "/channels", {
    ...{ guild_id: guildId, kind: "text", name: "council", private: true },
  });
  await a.engine.enable(roomId, { kind: "channel" });
  const c = await open(cleo);
  await ann.do("POST", "/invite", { room_id: roomId, user_id: cleo.id });
  await isIn(c);
  await a.send(roomId, "before");
  const { code } = await ann.do("POST", "/invites", { guild_id: guildId });
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  await ann.do("POST", "/invite", { room_id: roomId, user_id: bea.id });
  await soon("bea to be in the channel", async () => {
    const { status } = await bea.try("POST", `/rooms/${roomId}/join`);
    return status === 200;
  });

  await t.step("a member of another server who has no device yet", async () => {
    await isMember(bea);
    await a.send(roomId, "to whoever is here");
    await c.send(roomId, "from cleo");
    const b = await open(bea);
    await isIn(b);
    await a.send(roomId, "sealed for bea");
    await shows(b, [CLOSED, "to whoever is here", "from cleo", "sealed for bea"]);
    assert.equal((await b.engine.sync(roomId)).missing, 0);
  });

  await t.step("a member whose coming the sender's device had not heard of", async () => {
    const d = await open(dan, true);
    // What the sender's device asks of the group is answered as before they came.
    const told = await ann.do("GET", `/rooms/${roomId}/group`);
    const { transport } = a;
    const call = transport.call.bind(transport);
    transport.call = async (name, input, signal) =>
      name === "getGroup" ? told : await call(name, input, signal);
    await ann.do("POST", "/invite", { room_id: roomId, user_id: dan.id });
    await soon("dan to be wanted", async () => {
      const { wanted } = await cleo.do("GET", `/rooms/${roomId}/group`);
      return wanted.add.some(({ user }: { user: string }) => user === dan.id);
    });
    const said = await a.send(roomId, "with the door ajar");
    transport.call = call;
    await isIn(d);
    const { epoch } = await ann.do("GET", `/rooms/${roomId}/group`);
    assert.ok((said.sealed?.epoch ?? Infinity) < epoch, "sealed before dan was in");
    await d.transport.connect();
    await soon(
      "dan to read it",
      async () => (await d.texts(roomId)).at(-1) === "with the door ajar",
    );
    assert.equal((await d.texts(roomId))[0], CLOSED);
  });
});
