import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { converse } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import type { Homeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";

/** Waits until a client's room has these texts, whatever way they go. */
async function reads(client: DeviceClient, roomId: string, texts: readonly string[]) {
  let seen: string[] = [];
  await waitFor(`${client.person.id} to read ${texts.at(-1)}`, async () => {
    await client.engine.sync(roomId).catch(() => undefined);
    seen = await client.texts(roomId);
    return seen.length >= texts.length && !seen.includes("<restoring>");
  });
  assert.deepEqual(seen, texts);
}

Deno.test("two servers: messages, a new device, a lost one, and the ordering server away and back", async (t) => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ada, bo] = [await one.register("ada"), await two.register("bo")];
  const roomId = await converse(ada, bo);
  const kind = dmOf(ada, bo);
  await using a = await DeviceClient.open(ada, { folder: join(folder.path, "a") });
  await using b = await DeviceClient.open(bo, { folder: join(folder.path, "b") });
  for (const client of [a, b]) {
    await client.engine.setUp({ name: "first" });
    await client.engine.expect(roomId, kind);
  }
  await waitFor(
    "ada to know bo's device",
    async () => (await a.engine.devices(bo.id)).devices.some(({ certified }) => certified),
  );
  await a.engine.enable(roomId, kind);
  await b.until(roomId, "in the group", ({ phase }) => phase === "encrypted");
  const texts: string[] = [];

  await t.step("both read what the other says, and an edit", async () => {
    const said = await a.send(roomId, "from on");
    await a.edit(roomId, said.id, "from one");
    texts.push("from one");
    await reads(b, roomId, texts);
    await b.send(roomId, "from two");
    texts.push("from two");
    await reads(a, roomId, texts);
  });

  await t.step("a new device on the other server, and one that is lost", async () => {
    const { recoveryKey } = await b.engine.createBackup();
    const phone = await DeviceClient.open(await signInAgain(two as Homeserver, bo), {
      folder: join(folder.path, "phone"),
    });
    await phone.engine.setUp({ name: "phone" });
    await phone.engine.restore({ recoveryKey });
    await phone.engine.expect(roomId, kind);
    await phone.engine.sync(roomId);
    await phone.send(roomId, "from a phone");
    texts.push("from a phone");
    await reads(a, roomId, texts);
    await reads(b, roomId, texts);
    const { deviceId } = phone.engine.state();
    await phone[Symbol.asyncDispose]();
    await bo.do("DELETE", `/devices/${deviceId}`);
    await waitFor("the phone to be out of the group", async () => {
      const { leaves } = await ada.do("GET", `/rooms/${roomId}/group`);
      return leaves.length === 2;
    });
    await a.send(roomId, "without the phone");
    texts.push("without the phone");
    await reads(b, roomId, texts);
  });

  await t.step("without the server that orders the group messages go on", async () => {
    await federation.stop(0);
    await b.send(roomId, "said while one is away");
    texts.push("said while one is away");
    assert.deepEqual(await b.texts(roomId), texts);
    await federation.start(0);
    await a.transport.connect();
    await reads(a, roomId, texts);
    await a.send(roomId, "together again");
    texts.push("together again");
    await reads(b, roomId, texts);
  });
  for (const client of [a, b]) assert.deepEqual(client.engine.counters(), {});
});
