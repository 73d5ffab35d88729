import assert from "node:assert/strict";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";

const SEND = (1n << 2n).toString(16);
const MANAGE_ROLES = (1n << 13n).toString(16);

Deno.test("why: who made it so is the one who wrote the line, not who last touched the table", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "dan", "bob"]);
  const [dan, bob] = members as [Person, Person];
  const bosses = await owner.do("POST", "/roles", {
    guild_id: guildId,
    name: "Bosses",
    bits: MANAGE_ROLES,
  });
  await owner.do("PATCH", `/guilds/${guildId}/members/${dan.id}`, { roles: [bosses.id] });
  await owner.do("PATCH", `/rooms/${guildId}/channels/${general}`, {
    entries: [{ target: "everyone", allow: "0", deny: SEND }],
  });
  // Later acts on the same channel and the same table, by somebody else.
  await dan.do("PATCH", `/rooms/${guildId}/channels/${general}`, {
    entries: [
      { target: "everyone", allow: "0", deny: SEND },
      { target: bob.id, allow: "10", deny: "0" },
    ],
  });
  await dan.do("POST", "/roles", { guild_id: guildId, name: "Helpers" });
  const ask = (person: Person, right: string, of = bob) =>
    person.do(
      "GET",
      `/guilds/${guildId}/explain?user_id=${of.id}&right=${right}&channel_id=${general}`,
    );
  const send = await ask(dan, "SEND");
  assert.deepEqual([send.allowed, send.cause, send.target], [false, "entry", "everyone"]);
  assert.equal(send.set.by, owner.id);
  assert.deepEqual(
    send.steps.map((step: { effect: string; cause: string }) => [step.effect, step.cause]),
    [["allow", "role"], ["deny", "entry"]],
  );
  const react = await ask(dan, "ADD_REACTIONS");
  assert.deepEqual([react.allowed, react.target, react.set.by], [true, bob.id, dan.id]);
  const roles = await ask(owner, "MANAGE_ROLES", dan);
  assert.deepEqual([roles.role_id, roles.set.by], [bosses.id, owner.id]);
  const kick = await ask(owner, "KICK");
  assert.deepEqual([kick.allowed, kick.cause, kick.set], [false, "not_granted", null]);
});

Deno.test("view as and preview: rights before they are given, without a look behind hidden doors", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "dan", "bob"]);
  const [dan, bob] = members as [Person, Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Crew" });
  const bosses = await owner.do("POST", "/roles", {
    guild_id: guildId,
    name: "Bosses",
    bits: MANAGE_ROLES,
  });
  await owner.do("PATCH", `/guilds/${guildId}/members/${dan.id}`, { roles: [bosses.id] });
  const crew = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "crew",
    entries: [
      { target: "everyone", allow: "0", deny: "1" },
      { target: role.id, allow: "1", deny: "0" },
    ],
  });
  const seen = async (person: Person, query: string) =>
    (await person.do("GET", `/guilds/${guildId}/view_as?${query}`)).channels.filter((
      { permissions }: { permissions: string },
    ) => (BigInt(`0x${permissions}`) & 1n) === 1n).map(({ id }: { id: string }) => id);
  assert.ok((await seen(owner, `role_id=${role.id}`)).includes(crew.id));
  assert.ok(!(await seen(owner, "role_id=everyone")).includes(crew.id));
  assert.ok(!(await seen(owner, `user_id=${bob.id}`)).includes(crew.id));
  assert.ok(!(await seen(dan, `role_id=${role.id}`)).includes(crew.id));
  const path = `/guilds/${guildId}/permissions/preview`;
  const entries = [{ target: "everyone", allow: "0", deny: SEND }];
  const preview = await dan.do("POST", path, { channel_id: general, entries });
  assert.deepEqual(preview.members, 2);
  assert.deepEqual(preview.changes.map((each: { right: string }) => each.right), ["SEND"]);
  assert.equal(preview.changes[0].lose.count, 2);
  const more = await owner.do("POST", path, { role_id: bosses.id, bits: "0" });
  assert.deepEqual(more.changes.map((each: { right: string }) => each.right), ["MANAGE_ROLES"]);
  assert.deepEqual(more.changes[0].lose, { count: 1, some: [dan.id] });
  const refusals = [
    await dan.try("POST", path, { channel_id: crew.id, entries }),
    await bob.try("POST", path, { channel_id: general, entries }),
    await bob.try("GET", `/guilds/${guildId}/view_as?role_id=everyone`),
    await owner.try("GET", `/guilds/${guildId}/view_as`),
    await dan.try(
      "GET",
      `/guilds/${guildId}/explain?user_id=${bob.id}&right=SEND&channel_id=${crew.id}`,
    ),
  ];
  assert.deepEqual(refusals.map(({ status }) => status), [404, 403, 403, 400, 404]);
});

Deno.test("a role is given to several at once, all or nothing; members are listed by joining", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "zoe", "bob"]);
  const [zoe, bob] = members as [Person, Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Crew" });
  const path = `/guilds/${guildId}/roles/${role.id}/members`;
  assert.equal((await owner.do("PATCH", path, { add: [zoe.id, bob.id] })).member_count, 2);
  assert.equal((await owner.do("PATCH", path, { remove: [zoe.id] })).member_count, 1);
  const stranger = await owner.try("PATCH", path, { add: [zoe.id, "@nobody:here.example"] });
  assert.equal(stranger.status, 404);
  assert.equal((await bob.try("PATCH", path, { add: [zoe.id] })).status, 403);
  assert.equal((await owner.try("PATCH", path, { add: [bob.id], remove: [bob.id] })).status, 400);
  const list = async (query: string) =>
    (await owner.do("GET", `/guilds/${guildId}/members?${query}`)).members.map((
      { user }: { user: { id: string } },
    ) => user.id);
  assert.deepEqual(await list(`role_id=${role.id}`), [bob.id]);
  assert.deepEqual(await list("sort=oldest"), [owner.id, zoe.id, bob.id]);
  assert.deepEqual(await list("sort=newest&limit=2"), [bob.id, zoe.id]);
  assert.deepEqual(await list(`sort=newest&limit=2&after=${zoe.id}`), [owner.id]);
  const audit = await owner.do("GET", `/guilds/${guildId}/audit?action=member.roles`);
  assert.equal(audit.entries.length, 3);
  assert.ok(audit.people.some((person: { id: string }) => person.id === zoe.id));
  const [newest] = audit.entries;
  const before = await owner.do("GET", `/guilds/${guildId}/audit?until_ts=${newest.ts}`);
  assert.ok(before.entries.every((entry: { ts: number }) => entry.ts < newest.ts));
  const since = await owner.do("GET", `/guilds/${guildId}/audit?since_ts=${newest.ts}`);
  assert.ok(since.entries.every((entry: { ts: number }) => entry.ts >= newest.ts));
  assert.ok(since.entries.length > 0);
});
