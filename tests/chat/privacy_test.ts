import assert from "node:assert/strict";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";

const PREFERENCES = "/account/preferences";

Deno.test("what an account decides about privacy, the server holds to", async (t) => {
  await using server = await startHomeserver();
  const { owner, members: [bob], guildId, general } = await makeGuild(server, ["ann", "bob"]);
  assert.ok(bob);
  const invite = await owner.do("POST", "/invites", { guild_id: guildId });
  const stranger = await server.register("sam", invite.code);

  await t.step("defaults, and only what is known", async () => {
    assert.deepEqual(await bob.do("GET", PREFERENCES), {
      dms_from: "everyone",
      share_typing: true,
      share_presence: true,
      share_read: true,
      show_previews: true,
      sealed_previews: false,
      notify_desktop: false,
      notify_sound: false,
      requests_from: "everyone",
      found_by: "shared",
      quiet_calls: true,
      quiet_ended: null,
      quiet_until: null,
      quiet_hours: {
        on: false,
        days: [1, 2, 3, 4, 5, 6, 7],
        from: "22:00",
        to: "07:00",
        zone: "UTC",
      },
    });
    const { status } = await bob.try("PATCH", PREFERENCES, { dms_from: "friends" });
    assert.equal(status, 400);
    const { status: alone } = await server.call("GET", PREFERENCES);
    assert.equal(alone, 401);
  });

  await t.step("found by name: by people of a shared guild, by everyone, by nobody", async () => {
    const found = async (person: Person, q: string) =>
      (await person.do("GET", `/people?q=${encodeURIComponent(q)}`)).users
        .map(({ id }: { id: string }) => id);
    await bob.do("PATCH", "/account", { display_name: "Robert %_ Tables" });
    for (const q of ["bo", "@BOB", "robert %_"]) {
      assert.deepEqual(await found(owner, q), [bob.id], q);
    }
    for (const q of ["ob", "b%", "ro_ert", "bob:", "nobody"]) {
      assert.deepEqual(await found(owner, q), [], q);
    }
    assert.deepEqual(await found(stranger, "bob"), []);
    assert.deepEqual(await found(bob, "bob"), [], "not oneself");
    await bob.do("PATCH", PREFERENCES, { found_by: "everyone" });
    assert.deepEqual(await found(stranger, "bob"), [bob.id]);
    await bob.do("PUT", `/blocks/${encodeURIComponent(stranger.id)}`, {});
    assert.deepEqual(await found(stranger, "bob"), [], "who is blocked finds nothing");
    await bob.do("DELETE", `/blocks/${encodeURIComponent(stranger.id)}`);
    await bob.do("PATCH", PREFERENCES, { found_by: "nobody" });
    assert.deepEqual(await found(owner, "bob"), []);
    assert.equal((await owner.do("GET", `/users/${bob.id}`)).id, bob.id, "the whole name is known");
    assert.equal((await owner.try("GET", "/people?q=b")).status, 400);
    assert.equal((await server.call("GET", "/people?q=bob")).status, 401);
  });

  await t.step("conversations: people of a shared guild, then nobody, then all", async () => {
    await bob.do("PATCH", PREFERENCES, { dms_from: "shared" });
    const refused = await stranger.try("POST", "/dms", { user_id: bob.id });
    assert.equal(refused.status, 403, JSON.stringify(refused.body));
    assert.match(refused.body.error.message, /takes no conversations/);
    assert.equal((await bob.do("GET", "/dms")).dms.length, 0, "no room was made");
    const shared = async () =>
      (await bob.do("GET", `/users/${stranger.id}/mutual-guilds`)).guild_ids;
    assert.deepEqual(await shared(), []);
    const asks = await stranger.do("POST", "/dms", { user_id: owner.id });
    assert.equal(asks.state, "waiting", "a stranger asks");
    await stranger.do("POST", "/relationships", { user_id: bob.id });
    await bob.do("POST", `/relationships/${encodeURIComponent(stranger.id)}/accept`);
    const asFriend = await stranger.do("POST", "/dms", { user_id: bob.id });
    assert.equal(asFriend.state, "joined", "a friend needs no answer");
    await stranger.do("POST", `/invites/${invite.code}/accept`, {});
    assert.deepEqual(await shared(), [guildId]);
    const dm = await stranger.do("POST", "/dms", { user_id: bob.id });
    assert.equal(dm.room_id, asFriend.room_id);
    await bob.do("PATCH", PREFERENCES, { dms_from: "nobody" });
    const fromAnn = await owner.try("POST", "/dms", { user_id: bob.id });
    assert.equal(fromAnn.status, 403);
    // What has begun goes on.
    assert.equal((await stranger.do("POST", "/dms", { user_id: bob.id })).room_id, dm.room_id);
    // Whoever takes none may begin one.
    const own = await bob.do("POST", "/dms", { user_id: owner.id });
    assert.equal((await owner.do("POST", "/dms", { user_id: bob.id })).room_id, own.room_id);
  });

  await t.step(
    "a guild stands in the directory while it is listed, and is joined from there",
    async () => {
      const { id } = await owner.do("POST", "/guilds", { name: "Open house" });
      const listing = `/guilds/${id}/listing`;
      const seen = async () => (await stranger.do("GET", "/discover")).guilds;
      assert.deepEqual(await seen(), [], "none is there by itself");
      assert.equal((await stranger.try("PUT", listing, { listed: true })).status, 404);
      assert.deepEqual(await owner.do("PUT", listing, { listed: true }), { listed: true });
      const [{ guild, code, joined }] = await seen();
      assert.deepEqual([guild.name, guild.member_count, joined], ["Open house", 1, false]);
      await owner.do("PUT", listing, { listed: true });
      assert.equal((await seen())[0].code, code, "again is nothing new");
      await stranger.do("POST", `/invites/${code}/accept`, {});
      assert.equal((await seen())[0].joined, true);
      assert.equal((await stranger.try("PUT", listing, { listed: false })).status, 403);
      await owner.do("DELETE", `/invites/${code}`);
      assert.deepEqual(await seen(), [], "its link was revoked");
      assert.deepEqual(await owner.do("GET", listing), { listed: false });
      await owner.do("PUT", listing, { listed: true });
      const [again] = await seen();
      await owner.do("PUT", listing, { listed: false });
      assert.deepEqual(await seen(), []);
      assert.equal((await server.call("GET", `/invites/${again.code}`)).status, 410);
      assert.equal((await owner.try("GET", "/discover?cursor=x")).status, 400);
      assert.equal((await server.call("GET", "/discover")).status, 401);
    },
  );

  await t.step("typing is told of no more, through either door", async () => {
    using listening = await owner.connect();
    using own = await bob.connect();
    const typed = async () => {
      own.send({ op: "typing", d: { room_id: guildId, channel_id: general } });
      await bob.do("POST", `/rooms/${guildId}/typing`, { channel_id: general });
    };
    await bob.do("PATCH", PREFERENCES, { share_typing: false });
    await typed();
    // Frames of one socket are answered in turn: what came before this was carried out.
    own.send({ op: "presence", d: { presence: "idle" } });
    await own.until((frame) => frame.op === "dispatch" && frame.t === "presence");
    const message = { channel_id: general, body: "written without a sign" };
    await bob.do("POST", `/rooms/${guildId}/send`, message);
    await listening.until((frame) => frame.op === "dispatch" && frame.t === "message.create");
    assert.deepEqual(listening.dispatches("typing"), []);
    await bob.do("PATCH", PREFERENCES, { share_typing: true });
    await typed();
    await listening.until((frame) => frame.op === "dispatch" && frame.t === "typing");
  });

  await t.step("presence: as if not there, at once, and after a new connection", async () => {
    const cat = await server.register("cat", invite.code);
    await cat.do("POST", `/invites/${invite.code}/accept`, {});
    using listening = await owner.connect();
    const shown = (presence: string) =>
      listening.until((frame) =>
        frame.op === "dispatch" && frame.t === "presence" &&
        (frame.d as { user_id: string }).user_id === cat.id &&
        (frame.d as { presence: string }).presence === presence
      );
    listening.send({ op: "subscribe", d: { guild_id: guildId, user_ids: [cat.id] } });
    await listening.until((frame) => frame.op === "presences");
    using first = await cat.connect();
    await shown("online");
    await cat.do("PATCH", PREFERENCES, { share_presence: false });
    await shown("offline");
    // Another choice, and another device: nothing of them is seen.
    await cat.do("PUT", "/account/presence", { presence: "idle" });
    first.send({ op: "presence", d: { presence: "dnd" } });
    // Answered in turn: what came before it was carried out.
    first.send({ op: "subscribe", d: { guild_id: guildId, user_ids: [] } });
    await first.until((frame) => frame.op === "presences");
    using second = await cat.connect();
    const ready = second.frames.find((frame) => frame.op === "ready");
    assert.ok(ready?.op === "ready");
    const before = listening.dispatches("presence").length;
    await cat.do("PATCH", PREFERENCES, { share_presence: true });
    await shown("dnd");
    assert.deepEqual(
      listening.dispatches("presence").slice(before).map((each) => each.presence),
      ["dnd"],
    );
  });

  await t.step("an ended account leaves no preferences", async () => {
    await stranger.do("PATCH", PREFERENCES, { dms_from: "nobody" });
    const { database: { sql } } = server.parts;
    const held = () => sql`select 1 from user_preferences where user_id = ${stranger.id}`;
    assert.equal((await held()).length, 1);
    await stranger.do("POST", "/account/deactivate", { user_name: "sam" });
    assert.equal((await held()).length, 0);
  });
});
