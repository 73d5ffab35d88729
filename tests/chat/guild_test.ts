import assert from "node:assert/strict";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { skippingClock } from "../harness/skipping_clock.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("roles and entries decide who sees a channel; hidden and absent look alike", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members as [Person, Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff" });
  const staff = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "staff",
    entries: [
      { target: "everyone", allow: "0", deny: "1" },
      { target: role.id, allow: "1", deny: "0" },
    ],
  });
  assert.equal(staff.hidden, true);
  await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles: [role.id] });
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: staff.id, body: "staff only" });
  const seenBy = async (person: Person) =>
    (await person.do("GET", `/guilds/${guildId}`)).channels.map((c: { name: string }) => c.name);
  assert.deepEqual(await seenBy(bob), ["general", "Voice", "staff"]);
  assert.deepEqual(await seenBy(cid), ["general", "Voice"]);
  const { roles } = await cid.do("GET", `/guilds/${guildId}`);
  assert.deepEqual(
    roles.map((each: { id: string; member_count: number }) => [each.id, each.member_count]),
    [[role.id, 1], ["everyone", members.length + 1]],
  );
  const strip = ({ error }: { error: Record<string, unknown> }) => ({ ...error, request_id: "" });
  const hidden = await cid.try("GET", `/rooms/${guildId}/messages?channel_id=${staff.id}`);
  const absent = await cid.try("GET", `/rooms/${guildId}/messages?channel_id=3yZe7d`);
  assert.equal(hidden.status, 404);
  assert.deepEqual(strip(hidden.body), strip(absent.body));
  const why = await owner.do(
    "GET",
    `/guilds/${guildId}/explain?user_id=${bob.id}&right=VIEW_CHANNEL&channel_id=${staff.id}`,
  );
  assert.equal(why.allowed, true);
  assert.equal(why.target, role.id);
});

Deno.test("a role that is saved as it was, in whole or in part, is no change of it", async () => {
  await using server = await startHomeserver();
  const { owner, guildId } = await makeGuild(server, ["ann"]);
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff", bits: "1" });
  const audit = async () =>
    (await owner.do("GET", `/guilds/${guildId}/audit`)).entries
      .map(({ action }: { action: string }) => action);
  const before = await audit();
  const { name, bits, color, mentionable } = role;
  const path = `/guilds/${guildId}/roles/${role.id}`;
  const same = { name, bits, color, mentionable, hoist: role.hoist };
  await owner.do("PATCH", path, { ...same, reason: "saved" });
  assert.deepEqual(await audit(), before);
  const after = await owner.do("PATCH", path, { ...same, hoist: true });
  assert.equal(after.hoist, true);
  assert.deepEqual(await audit(), ["role.update", ...before]);
  await owner.do("PATCH", path, { ...same, hoist: true, bits: "3" });
  assert.equal((await audit()).length, before.length + 2);
});

Deno.test("nobody acts on who stands above, or gives what he does not have", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "dan", "bob"]);
  const [mod, bob] = members as [Person, Person];
  const role = await owner.do("POST", "/roles", {
    guild_id: guildId,
    name: "Mods",
    // MANAGE_ROLES and KICK
    bits: ((1n << 13n) | (1n << 21n)).toString(16),
  });
  await owner.do("PATCH", `/guilds/${guildId}/members/${mod.id}`, { roles: [role.id] });
  const refused = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await mod.try(method, path, body);
    assert.equal(status, 403, JSON.stringify(answer));
  };
  await refused("DELETE", `/guilds/${guildId}/members/${owner.id}`, {});
  await refused("PATCH", `/guilds/${guildId}/roles/${role.id}`, { bits: "100000000" });
  await refused("PATCH", `/guilds/${guildId}/roles/everyone`, { bits: "100000000" });
  await refused("PUT", `/guilds/${guildId}/bans/${bob.id}`, {});
  const lower = await mod.do("POST", "/roles", { guild_id: guildId, name: "Helpers" });
  assert.ok(lower.position < role.position);
  await mod.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles: [lower.id] });
  await mod.do("DELETE", `/guilds/${guildId}/members/${bob.id}`, { reason: "rest" });
  const { body } = await owner.try("GET", `/guilds/${guildId}/audit?action=member.kick`);
  assert.deepEqual(
    body.entries.map((e: Record<string, unknown>) => [e["by"], e["target"], e["reason"]]),
    [[mod.id, bob.id, "rest"]],
  );
});

Deno.test("invite links: uses, revocation, the author's right, a granted role", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "bob"]);
  const [bob] = members as [Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Guests" });
  const once = await owner.do("POST", "/invites", {
    guild_id: guildId,
    max_uses: 1,
    role_id: role.id,
  });
  const look = await server.call("GET", `/invites/${once.code}`);
  assert.equal(look.body.guild.name, "Test guild");
  const cid = await server.register("cid", once.code);
  await cid.do("POST", `/invites/${once.code}/accept`, {});
  const me = await cid.do("GET", `/guilds/${guildId}/members/${cid.id}`);
  assert.deepEqual(me.roles, [role.id]);
  assert.equal((await server.call("GET", `/invites/${once.code}`)).status, 410);
  const own = await bob.do("POST", "/invites", { guild_id: guildId });
  await owner.do("DELETE", `/invites/${own.code}`, undefined);
  assert.equal((await server.call("GET", `/invites/${own.code}`)).status, 410);

  const brief = { guild_id: guildId, stay_s: 3600 };
  assert.equal((await bob.try("POST", "/invites", brief)).status, 403, "it takes KICK");
  const { code } = await owner.do("POST", "/invites", brief);
  assert.equal((await server.call("GET", `/invites/${code}`)).body.stay_s, 3600);
  const dee = await server.register("dee", code);
  await dee.do("POST", `/invites/${code}/accept`, {});
  const guest = `/guilds/${guildId}/members/${dee.id}`;
  const { joined_ts, stay_until } = await owner.do("GET", guest);
  assert.ok(stay_until > joined_ts, "it has an end");
  const past = await owner.try("PATCH", guest, { stay_until: joined_ts - 1 });
  assert.deepEqual([past.status, past.body.error.details.field], [400, "stay_until"]);
  assert.equal((await bob.try("PATCH", guest, { stay_until: null })).status, 403);
  assert.equal((await dee.try("PATCH", guest, { stay_until: null })).status, 403);
  assert.equal((await owner.do("PATCH", guest, { stay_until: null })).stay_until, null);

  const later = await bob.do("POST", "/invites", { guild_id: guildId });
  await owner.do("DELETE", `/guilds/${guildId}/members/${bob.id}`, {});
  const gone = await server.call("GET", `/invites/${later.code}`);
  assert.equal(gone.status, 410, "a link of somebody who was kicked is dead");
});

Deno.test("a ban with purge takes the words away and keeps the user out", async () => {
  const clock = skippingClock();
  await using server = await startHomeserver({ clock });
  const names = ["ann", "spammer", "gina"];
  const { owner, members, guildId, general } = await makeGuild(server, names);
  const [spammer, gina] = members as [Person, Person];
  for (let n = 0; n < 5; n++) {
    await spammer.do("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: `buy-now-${n}`,
    });
  }
  using listening = await owner.connect();
  await owner.do("PUT", `/guilds/${guildId}/bans/${spammer.id}`, { reason: "spam", purge_s: 3600 });
  const page = await owner.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
  assert.equal(page.messages.length, 0);
  const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
  const rows = await sql`select 1 from events where pdu like '%buy-now%'`;
  await sql.end();
  assert.equal(rows.length, 0);
  await listening.until((frame) => frame.op === "dispatch" && frame.t === "member.remove");
  const invite = await owner.do("POST", "/invites", { guild_id: guildId });
  const back = await spammer.try("POST", `/invites/${invite.code}/accept`, {});
  assert.equal(back.status, 403);
  const bans = await owner.do("GET", `/guilds/${guildId}/bans`);
  assert.deepEqual(bans.bans.map((ban: { reason: string }) => ban.reason), ["spam"]);
  await owner.do("DELETE", `/guilds/${guildId}/bans/${spammer.id}`);
  await spammer.do("POST", `/invites/${invite.code}/accept`, {});

  const ban = `/guilds/${guildId}/bans/${spammer.id}`;
  for (const until_ts of [clock.now() - 1, clock.now() + 6 * 366 * 86_400_000]) {
    const { status, body } = await owner.try("PUT", ban, { until_ts });
    assert.deepEqual([status, body.error.details], [400, { field: "until_ts" }]);
  }
  assert.equal((await owner.do("GET", `/guilds/${guildId}/bans`)).total, 0, "nothing changed");
  using banned = await spammer.connect();
  const until = clock.now() + 600_000;
  await owner.do("PUT", ban, { until_ts: until, reason: "a rest" });
  const told = await banned.until((frame) =>
    frame.op === "dispatch" && frame.t === "guild.remove" && frame.d.reason === "banned"
  );
  assert.deepEqual("d" in told && told.d, { guild_id: guildId, reason: "banned", until_ts: until });
  const early = await spammer.try("POST", `/invites/${invite.code}/accept`, {});
  assert.equal(early.status, 403);
  assert.equal(early.body.error.details.until_ts, until);
  const listed = await owner.do("GET", `/guilds/${guildId}/bans`);
  assert.deepEqual(listed.bans.map((each: { until_ts: number }) => each.until_ts), [until]);
  clock.advance(600_001);
  assert.equal((await owner.do("GET", `/guilds/${guildId}/bans`)).total, 0);
  assert.equal((await owner.try("DELETE", ban)).status, 404, "what is over cannot be lifted");
  await spammer.do("POST", `/invites/${invite.code}/accept`, {});

  const member = `/guilds/${guildId}/members/${spammer.id}`;
  await owner.do("PATCH", member, { stay_until: clock.now() + 60_000 });
  clock.advance(60_001);
  // That an end was stored has the server look for those that are over.
  await owner.do("PATCH", `/guilds/${guildId}/members/${gina.id}`, {
    stay_until: clock.now() + 60_000,
  });
  const over = await banned.until((frame) =>
    frame.op === "dispatch" && frame.t === "guild.remove" && frame.d.reason === "ended"
  );
  assert.deepEqual("d" in over && over.d, { guild_id: guildId, reason: "ended" });
  await spammer.do("POST", `/invites/${invite.code}/accept`, {});
  const { stay_until } = await owner.do("GET", member);
  assert.equal(stay_until, null, "an end counts for the membership that it was given in");
});

Deno.test("a timeout silences, and the guild survives its owner's hand-over", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob"]);
  const [bob] = members as [Person];
  await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, {
    timeout_until: Date.now() + 3_600_000,
  });
  const silenced = await bob.try("POST", `/rooms/${guildId}/send`, {
    channel_id: general,
    body: "hi",
  });
  assert.equal(silenced.status, 403);
  await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { timeout_until: null });
  await bob.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "hi" });
  assert.equal((await owner.try("POST", `/guilds/${guildId}/leave`)).status, 403);
  await owner.do("POST", `/guilds/${guildId}/owner`, { user_id: bob.id });
  assert.equal((await bob.do("GET", `/guilds/${guildId}`)).owner, bob.id);
  await owner.do("POST", `/guilds/${guildId}/leave`);
  const wrong = await bob.try("DELETE", `/guilds/${guildId}`, { name: "test Guild" });
  assert.equal(wrong.status, 400);
  await bob.do("DELETE", `/guilds/${guildId}`, { name: "Test guild" });
  assert.equal((await bob.try("GET", `/guilds/${guildId}`)).status, 404);
});

Deno.test("private channels are rooms of their own; DMs are of two", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members as [Person, Person];
  const secret = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
  });
  assert.ok(secret.private && secret.room_id !== guildId && secret.encrypted === false);
  await owner.do("POST", `/rooms/${secret.room_id}/send`, { body: "between us" });
  const outside = await bob.try("GET", `/rooms/${secret.room_id}/messages`);
  assert.equal(outside.status, 404);
  await owner.do("POST", "/invite", { room_id: secret.room_id, user_id: bob.id });
  const inside = await bob.do("GET", `/rooms/${secret.room_id}/messages`);
  assert.deepEqual(inside.messages.map((m: { body: string }) => m.body), ["between us"]);
  assert.ok(
    (await bob.do("GET", `/guilds/${guildId}`)).channels.some((c: { name: string }) =>
      c.name === "council"
    ),
  );
  const people = `/guilds/${secret.room_id}/members`;
  const listed = await bob.do("GET", people);
  assert.deepEqual(
    listed.members.map((each: { user: { id: string } }) => each.user.id),
    [owner.id, bob.id],
  );
  assert.equal((await cid.try("GET", people)).status, 404);
  assert.equal((await bob.try("DELETE", `${people}/${owner.id}`, {})).status, 403);
  await owner.do("DELETE", `${people}/${bob.id}`, {});
  assert.equal((await bob.try("GET", `/rooms/${secret.room_id}/messages`)).status, 404);
  assert.equal((await bob.do("GET", `/guilds/${guildId}`)).id, guildId);
  const dm = await bob.do("POST", "/dms", { user_id: cid.id });
  assert.equal((await cid.do("POST", "/dms", { user_id: bob.id })).room_id, dm.room_id);
  await cid.do("POST", `/rooms/${dm.room_id}/send`, { body: "hello you" });
  assert.equal((await owner.try("GET", `/rooms/${dm.room_id}/messages`)).status, 404);
  const invited = await bob.try("POST", "/invite", { room_id: dm.room_id, user_id: owner.id });
  assert.equal(invited.status, 403);
});

Deno.test("a private channel follows its guild's roles, leaves and bans", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members as [Person, Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Council" });
  const council = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
    allow_roles: [role.id],
  });
  const path = `/rooms/${council.room_id}/messages`;
  const reads = (person: Person, status: number) =>
    waitFor(
      `${person.id} to get ${status}`,
      async () => (await person.try("GET", path)).status === status,
    );
  assert.equal((await bob.try("POST", `/rooms/${council.room_id}/join`)).status, 404);
  await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles: [role.id] });
  await reads(bob, 200);
  await owner.do("POST", "/invite", { room_id: council.room_id, user_id: cid.id });
  await reads(cid, 200);
  await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles: [] });
  await reads(bob, 404);
  await reads(cid, 200);
  await owner.do("PUT", `/guilds/${guildId}/bans/${cid.id}`, {});
  await reads(cid, 404);
});

Deno.test("newcomers are shown a welcome, and a template makes the same guild again", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob"]);
  const [bob] = members as [Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff", hoist: true });
  const place = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "category",
    name: "Inside",
  });
  const staff = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "staff",
    parent: place.id,
    topic: "only us",
    slow_mode_s: 5,
    entries: [
      { target: "everyone", allow: "0", deny: "1" },
      { target: role.id, allow: "1", deny: "0" },
    ],
  });
  const welcome = `/guilds/${guildId}/welcome`;
  const pointed = { channel_id: general, emoji: "👋", line: "say hello" };
  assert.equal((await bob.try("PUT", welcome, { text: "Hi" })).status, 403);
  for (
    const channels of [
      [{ channel_id: place.id }],
      [pointed, pointed],
      [{ ...pointed, emoji: "hello" }],
      [{ ...pointed, emoji: ":nothere:" }],
      Array(6).fill(pointed),
    ]
  ) {
    assert.equal((await owner.try("PUT", welcome, { text: "Hi", channels })).status, 400);
  }
  assert.equal((await owner.do("GET", `/guilds/${guildId}`)).welcome, null, "nothing changed");
  const channels = [pointed, { channel_id: staff.id, emoji: null, line: null }];
  const shown = (await owner.do("PUT", welcome, { text: "Hi", channels })).welcome;
  assert.deepEqual(shown, { text: "Hi", channels });
  const seen = (await bob.do("GET", `/guilds/${guildId}`)).welcome;
  assert.deepEqual(seen.channels, [pointed], "what is hidden is not named");

  const templates = `/guilds/${guildId}/templates`;
  assert.equal((await bob.try("POST", templates, { name: "Mine" })).status, 403);
  const made = await owner.do("POST", templates, { name: "Ours", description: "for all" });
  const { content, url } = await bob.do("GET", `/templates/${made.code}`);
  assert.match(url, new RegExp(`/template/${made.code}$`));
  assert.doesNotMatch(JSON.stringify(content), /@(ann|bob)|mxc:/, "no people, no files");
  const use = (template: unknown) => ({ name: "Again", template });
  const again = await bob.do("POST", "/templates/use", use({ code: made.code }));
  assert.deepEqual([again.owner, again.name], [bob.id, "Again"]);
  const copy = await bob.do("POST", `/guilds/${again.id}/templates`, {
    name: "Ours",
    description: "for all",
  });
  assert.deepEqual((await bob.do("GET", `/templates/${copy.code}`)).content, content);
  const file = await bob.do("POST", "/templates/use", use({ content }));
  assert.deepEqual(
    file.channels.map((each: { name: string }) => each.name),
    again.channels.map((each: { name: string }) => each.name),
  );
  const bad = { ...content, channels: [{ ...content.channels[0], parent: 7 }] };
  assert.equal((await bob.try("POST", "/templates/check", { content: bad })).status, 400);
  assert.equal((await bob.try("POST", "/templates/use", use({ content: bad }))).status, 400);

  await owner.do("DELETE", `/rooms/${guildId}/channels/${staff.id}`, {});
  await owner.do("PUT", `${templates}/${made.code}`, {});
  const { templates: listed } = await owner.do("GET", templates);
  assert.deepEqual(listed.map((each: { uses: number }) => each.uses), [1]);
  const now = (await bob.do("GET", `/templates/${made.code}`)).content;
  assert.equal(now.channels.length, content.channels.length - 1);
  for (let at = 1; at < 10; at++) await owner.do("POST", templates, { name: `T${at}` });
  assert.equal((await owner.try("POST", templates, { name: "too many" })).status, 422);
  assert.equal((await bob.try("DELETE", `${templates}/${made.code}`)).status, 403);
  await owner.do("DELETE", `${templates}/${made.code}`);
  assert.equal((await bob.try("GET", `/templates/${made.code}`)).status, 404);
  assert.equal((await bob.try("POST", "/templates/use", use({ code: made.code }))).status, 404);

  await bob.do("POST", "/account/confirm", { password: "a long enough passphrase, truly 42" });
  await bob.do("DELETE", `/guilds/${again.id}`, { name: "Again" });
  const left = await bob.try("GET", `/templates/${copy.code}`);
  assert.equal(left.status, 404, "a template goes with its guild");
});
