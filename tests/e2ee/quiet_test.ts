/** That somebody shared what was said before is a line to be read, and no news for anybody. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ReadState } from "../../core/api/channel.ts";
import { DeviceClient } from "../harness/device_client.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { startPushService } from "../harness/push_service.ts";
import { tempFolder } from "../harness/temp_folder.ts";

Deno.test("what shares history is told to nobody, and is not unread; what is no such thing cannot pass as it", async (t) => {
  await using service = await startPushService();
  await using server = await startHomeserver({
    settings: { "push.test_services": service.origin },
  });
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const { owner: ann, members: [cleo, bea] } = await makeGuild(server, ["ann", "cleo", "bea"]);
  assert.ok(cleo && bea);
  const open = async (person: Person) => {
    const options = { folder: join(folder.path, person.id) };
    const client = stack.use(await DeviceClient.open(person, options));
    await client.engine.setUp({ name: "desk" });
    return client;
  };
  const [a, c, b] = [await open(ann), await open(cleo), await open(bea)];
  const { guilds: [guild] } = (await ann.do("GET", "/sync")).snapshot;
  const { room_id: roomId } = await ann.do("POST", "/channels", {
    ...{ guild_id: guild.id, kind: "text", name: "council", private: true },
  });
  await ann.do("POST", "/invite", { room_id: roomId, user_id: cleo.id });
  await a.engine.enable(roomId, { kind: "channel" });
  const isIn = (client: DeviceClient) =>
    soon(`${client.person.id} to be in the group`, async () => {
      await client.engine.sync(roomId);
      return client.engine.room(roomId).phase === "encrypted";
    });
  const unread = async (): Promise<number> => {
    const { read_states } = (await cleo.do("GET", "/sync")).snapshot;
    return (read_states as ReadState[]).find((each) => each.room_id === roomId)?.unread ?? 0;
  };
  await isIn(c);
  await a.send(roomId, "before");
  assert.equal(await unread(), 1);
  await ann.do("POST", "/invite", { room_id: roomId, user_id: bea.id });
  await isIn(b);

  await t.step("it is neither unread nor pushed", async () => {
    await cleo.do("PUT", "/account/push", service.subscription);
    await cleo.do("PATCH", "/account/notifications", {
      ...{ room_id: roomId, channel_id: "main", level: "all" },
    });
    await soon("ann to have shared", async () => {
      const share = { channelId: "main", to: bea.id, spanMs: 3_600_000 };
      return (await a.engine.shareHistory(roomId, share)).kind === "shared";
    });
    await soon("bea to read it", async () => (await b.texts(roomId))[0] === "before");
    const { messages } = await cleo.do("GET", `/rooms/${roomId}/messages?limit=10`);
    const line = messages.at(-1);
    const opened = await c.open(line);
    assert.equal("payload" in opened && opened.payload.history?.to, bea.id);
    assert.equal(await unread(), 1);
    const { id } = await a.send(roomId, "after");
    assert.equal(await unread(), 2);
    // One after the other: what would be told of comes before what was said later.
    const payload = JSON.parse(await service.open(await service.until(1)));
    assert.equal(payload.event_id, id);
  });

  await t.step("words that are said to be no news open on no device", async () => {
    const { sealed } = await a.engine.seal(roomId, "main", { type: "message", body: "hush" });
    const said = await ann.do("POST", `/rooms/${roomId}/send`, {
      channel_id: "main",
      sealed: { ...sealed, quiet: true },
      allowed_mentions: { users: [cleo.id] },
    });
    assert.equal(await unread(), 2);
    const opened = await c.open(said);
    assert.equal("fault" in opened && opened.fault, "damaged");
    const { read_states } = (await cleo.do("GET", "/sync")).snapshot;
    const state = (read_states as ReadState[]).find((each) => each.room_id === roomId);
    assert.equal(state?.mentions, 0);
  });
});
