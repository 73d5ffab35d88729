/** Who sent a message has lost the device that sealed it: another one of theirs gives its key. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { FileDeviceStore } from "../harness/device_store.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { systemClock } from "../../server/system/clock.ts";
import { befriended } from "./people.ts";

/** Waits of seconds are over in no time; what is waited for is looked at. */
const hurried = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms > 60_000 ? ms : ms / 20, signal),
};

Deno.test("a missed message is given by the sender's other device, once the one that sealed it is gone", async () => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [ada, bo] = await befriended(server, ["ada", "bo"]);
  const open = async (person: Person, name: string) => {
    const client = await DeviceClient.open(person, {
      folder: join(folder.path, name),
      clock: hurried,
    });
    await client.engine.setUp({ name });
    return client;
  };
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  const kind = dmOf(ada, bo);
  const desk = await open(ada, "desk");
  const away = await open(bo, "bo");
  await away.engine.expect(roomId, kind);
  await desk.engine.enable(roomId, kind);
  const { recoveryKey } = await desk.engine.createBackup();
  const phone = stack.use(await open(await signInAgain(server, ada), "phone"));
  await phone.engine.restore({ recoveryKey });
  await phone.engine.expect(roomId, kind);
  await soon("all three to be in one epoch", async () => {
    const { leaves, epoch } = await ada.do("GET", `/rooms/${roomId}/group`);
    const states = await Promise.all(
      [desk, phone, away].map((client) => client.engine.sync(roomId)),
    );
    return leaves.length === 3 && states.every((state) => state.epoch === epoch);
  });

  await away[Symbol.asyncDispose]();
  const said = await desk.send(roomId, "from the desk");
  await soon(
    "the phone to read it",
    async () => (await phone.texts(roomId)).join() === "from the desk",
  );
  const reader = await phone.store.get("keys", `${roomId}/e/${said.id}`);
  assert.ok(reader, "the phone has its key");
  await desk[Symbol.asyncDispose]();

  {
    await using store = await FileDeviceStore.open(join(folder.path, "bo"));
    const rows = (await store.list("groups")).filter(({ key }) => key.endsWith("/group"));
    assert.equal(rows.length, 1, "what bo's device knew of the group is lost");
    await store.write(rows.map(({ key }) => ({ table: "groups", key, value: undefined })));
  }
  const back = stack.use(
    await DeviceClient.open(bo, { folder: join(folder.path, "bo"), clock: hurried }),
  );
  await soon(
    "bo to be in again",
    async () => (await back.engine.sync(roomId)).phase === "encrypted",
  );
  await soon(
    "bo to read it",
    async () => (await back.texts(roomId, 1000)).join() === "from the desk",
  );
  assert.equal((await back.engine.sync(roomId)).missing, 0);
});
