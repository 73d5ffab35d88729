import assert from "node:assert/strict";
import type { ReadState } from "../../core/api/channel.ts";
import type { NotifySetting } from "../../core/api/notify.ts";
import { systemClock } from "../../server/system/clock.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";

const PATH = "/account/notifications";

Deno.test("what to be told of is kept by the server and known to all own devices", async (t) => {
  await using server = await startHomeserver();
  const { owner, members: [bob, cat], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
    "cat",
  ]);
  assert.ok(bob && cat);
  const guild = { room_id: guildId, channel_id: null };
  const channel = { room_id: guildId, channel_id: general };
  const listed = async (): Promise<NotifySetting[]> => (await bob.do("GET", PATH)).settings;

  await t.step(
    "a choice is heard on another device at once, and stands in its snapshot",
    async () => {
      assert.deepEqual(await listed(), []);
      using phone = await bob.connect();
      using stranger = await cat.connect();
      const before = systemClock.now();
      const made = await bob.do("PATCH", PATH, { ...channel, muted: true, mute_ms: 900_000 });
      assert.equal(made.muted, true);
      assert.ok(made.muted_until >= before + 900_000);
      const heard = await phone.until((frame) =>
        frame.op === "dispatch" && frame.t === "notify.update"
      );
      assert.deepEqual(heard.op === "dispatch" && heard.d, made);
      using tablet = await bob.connect();
      const ready = tablet.frames.find((frame) => frame.op === "ready");
      assert.ok(ready?.op === "ready");
      assert.deepEqual(ready.d.notify, [made]);
      await bob.do("PATCH", PATH, { ...channel, level: "nothing" });
      assert.deepEqual(await listed(), [{ ...made, level: "nothing" }], "absent keeps");
      assert.deepEqual(stranger.dispatches("notify.update"), [], "nobody else hears of it");
    },
  );

  await t.step("what is taken back is told to whoever was away", async () => {
    const first = await bob.connect();
    const ready = first.frames.find((frame) => frame.op === "ready");
    assert.ok(ready?.op === "ready");
    const { position } = ready.d;
    first[Symbol.dispose]();
    await bob.do("POST", `${PATH}/reset`, channel);
    assert.deepEqual(await listed(), []);
    using back = await bob.connect(position);
    const told = await back.until((frame) =>
      frame.op === "dispatch" && frame.t === "notify.update"
    );
    assert.ok(told.op === "dispatch" && told.t === "notify.update");
    assert.equal(told.d.level, null);
    assert.equal(told.d.muted, false);
    const { status } = await cat.try("POST", `${PATH}/reset`, channel);
    assert.equal(status, 404);
  });

  await t.step("@everyone and roles count as mentions only while they are wanted", async () => {
    const { id: role } = await owner.do("POST", "/roles", { guild_id: guildId, name: "smiths" });
    await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles: [role] });
    const say = (body: string) =>
      owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
    await say("@everyone hello");
    await say(`<&${role}> hello`);
    await say(`<${bob.id}> hello`);
    const mentions = async () => {
      const { snapshot } = await bob.do("GET", "/sync");
      return snapshot.read_states.find((state: ReadState) => state.channel_id === general)
        ?.mentions;
    };
    assert.equal(await mentions(), 3);
    await bob.do("PATCH", PATH, { ...guild, suppress_everyone: true });
    assert.equal(await mentions(), 2);
    await bob.do("PATCH", PATH, { ...guild, suppress_roles: true });
    assert.equal(await mentions(), 1);
    await bob.do("POST", `${PATH}/reset`, guild);
    assert.equal(await mentions(), 3);
  });

  await t.step("what is read, or made new again, on one device is so on the other", async () => {
    using phone = await bob.connect();
    using tablet = await bob.connect();
    const path = `/rooms/${guildId}`;
    const { messages } = await bob.do("GET", `${path}/messages?channel_id=${general}`);
    const mark = async (at: number, back: boolean, unread: number) => {
      const event_id = messages.at(at).id;
      await bob.do("POST", `${path}/read`, { channel_id: general, event_id, back });
      for (const device of [phone, tablet]) {
        await device.until((frame) =>
          frame.op === "dispatch" && frame.t === "read.update" &&
          frame.d.channel_id === general && frame.d.last_read_id === event_id &&
          frame.d.unread === unread && frame.d.mentions === unread
        );
      }
    };
    await mark(-1, false, 0);
    await mark(-2, true, 1);
  });

  await t.step("what makes no sense is refused, and nothing is changed", async () => {
    const refused = async (body: object, status: number, text: RegExp) => {
      const answer = await bob.try("PATCH", PATH, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.error.message, text);
    };
    await refused({ ...channel, suppress_everyone: true }, 400, /whole guild/);
    await refused({ ...channel, mute_ms: 900_000 }, 400, /muted: true/);
    const { status } = await bob.try("PATCH", PATH, { ...channel, level: "loud" });
    assert.equal(status, 400);
    const hidden = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "hidden",
      entries: [{ target: "everyone", allow: "0", deny: "1" }],
    });
    await refused({ room_id: guildId, channel_id: hidden.id, muted: true }, 404, /./);
    await refused({ room_id: "!nowhere", channel_id: null, muted: true }, 404, /./);
    assert.deepEqual(await listed(), []);
  });

  await t.step("there is a most, and what was taken back makes room", async () => {
    const { database: { sql } } = server.parts;
    await sql`
      insert into notify_settings (user_id, room_id, channel_id, level, suppress_everyone,
        suppress_roles, muted, changed_ts)
      select ${cat.id}, '!gone' || n, '', 'all', false, false, false, 0
      from generate_series(1, 2000) n`;
    const full = await cat.try("PATCH", PATH, { ...guild, muted: true });
    assert.equal(full.status, 422, JSON.stringify(full.body));
    assert.equal(full.body.error.code, "limit_reached");
    await cat.do("POST", `${PATH}/reset`, { room_id: "!gone7", channel_id: null });
    await cat.do("PATCH", PATH, { ...guild, muted: true });
    assert.equal((await cat.do("GET", PATH)).settings.length, 2000);
  });

  await t.step("an ended account leaves none", async () => {
    const { database: { sql } } = server.parts;
    await cat.do("POST", "/account/deactivate", { user_name: "cat" });
    const rows = await sql`select 1 from notify_settings where user_id = ${cat.id}`;
    assert.equal(rows.length, 0);
  });
});
