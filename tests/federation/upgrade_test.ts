import assert from "node:assert/strict";
import { startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const SOON_MS = 120_000;
const PASSWORD = "a long enough passphrase, truly 42";

function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(what, async () => await look() || undefined, SOON_MS) as Promise<T>;
}

Deno.test("a guild goes on in a new room: members of all servers follow, with roles, channels and bans", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, members, guildId, general } = await makeGuild(one, ["olga", "dan", "eve"]);
  const [dan, eve] = members as [Person, Person];
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const bea = await two.register("bea");
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  await soon(
    "olga to see bea",
    async () => (await owner.try("GET", `/guilds/${guildId}/members/${bea.id}`)).status === 200,
  );
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff" });
  const stay_until = Date.now() + 3_600_000;
  for (const person of [bea, dan]) {
    const change = { roles: [role.id], stay_until };
    await owner.do("PATCH", `/guilds/${guildId}/members/${person.id}`, change);
  }
  await owner.do("PUT", `/guilds/${guildId}/bans/${eve.id}`, {});
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "old words" });
  const secret = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    topic: "for staff",
    private: true,
    allow_roles: [role.id],
  });
  await dan.do("POST", `/rooms/${secret.room_id}/join`);
  await soon("bea's server to be offered it", async () => {
    const { channels } = await bea.do("GET", `/guilds/${guildId}`);
    return channels.some((each: { name: string }) => each.name === "council");
  });
  const template = await owner.do("POST", `/guilds/${guildId}/templates`, { name: "Ours" });
  using hears = await dan.connect();
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  const next = await owner.do("POST", `/guilds/${guildId}/upgrade`);
  assert.notEqual(next.id, guildId);
  assert.equal(next.predecessor, guildId);

  await t.step("everybody sees one guild, the new one, as they knew it", async () => {
    for (const person of [owner, dan, bea]) {
      await soon(`${person.id} to see the new one alone`, async () => {
        const { guilds } = await person.do("GET", "/guilds");
        return guilds.length === 1 && guilds[0].id === next.id;
      });
      const guild = await person.do("GET", `/guilds/${next.id}`);
      const names = guild.channels.map((channel: { name: string }) => channel.name);
      assert.deepEqual(names.slice(0, 2), ["general", "Voice"]);
      if (person === owner) continue;
      await soon(`${person.id} to have the role and the end again`, async () => {
        const member = await owner.do("GET", `/guilds/${next.id}/members/${person.id}`);
        return member.roles.join() === role.id && member.stay_until === stay_until;
      });
    }
    await hears.until((frame) =>
      frame.op === "dispatch" && frame.t === "guild.remove" && frame.d.reason === "moved"
    );
  });

  await t.step("they talk in the new one; the old one can be read and not written to", async () => {
    await soon(
      "bea's server to have checked it",
      async () => (await bea.do("GET", `/guilds/${next.id}`)).checking === null,
    );
    await bea.do("POST", `/rooms/${next.id}/send`, { channel_id: general, body: "new words" });
    await soon("olga to read it", async () => {
      const page = await owner.do("GET", `/rooms/${next.id}/messages?channel_id=${general}`);
      return page.messages.some((m: { body: string }) => m.body === "new words");
    });
    const { messages } = await bea.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    assert.deepEqual(messages.map((m: { body: string }) => m.body), ["old words"]);
    for (const person of [owner, bea]) {
      const { status, body } = await person.try("POST", `/rooms/${guildId}/send`, {
        channel_id: general,
        body: "too late",
      });
      assert.equal(status, 403);
      assert.match(body.error.message, /goes on in a new room/);
    }
  });

  await t.step(
    "a private channel is made anew: its members come into it, and it is empty",
    async () => {
      const anew = await soon("olga to see it", async () => {
        const { channels } = await owner.do("GET", `/guilds/${next.id}`);
        return channels.find((each: { name: string }) => each.name === "council");
      });
      assert.notEqual(anew.room_id, secret.room_id);
      assert.deepEqual([anew.private, anew.topic], [true, "for staff"]);
      for (const person of [dan, bea]) {
        await soon(`${person.id} to be in it`, async () => {
          const { channels } = await person.do("GET", `/guilds/${next.id}`);
          if (channels.some((each: { room_id: string }) => each.room_id === anew.room_id)) {
            return true;
          }
          await person.try("POST", `/invitations/${anew.room_id}/accept`, {});
          return undefined;
        });
      }
      await bea.do("POST", `/rooms/${anew.room_id}/send`, { channel_id: "main", body: "again" });
      for (const person of [dan, owner]) {
        await soon(`${person.id} to read it`, async () => {
          const page = await person.do("GET", `/rooms/${anew.room_id}/messages?channel_id=main`);
          return page.messages.map((m: { body: string }) => m.body).join() === "again";
        });
      }
    },
  );

  await t.step("who was banned stays out, and the old links lead to the new room", async () => {
    const { status } = await eve.try("POST", `/invites/${code}/accept`, {});
    assert.equal(status, 403);
    const cat = await two.register("cat", (await ownLink(bea)).code);
    const joined = await cat.do("POST", "/join", { link: `${code}@one.test` });
    assert.equal(joined.guild_id, next.id);
    const { templates } = await owner.do("GET", `/guilds/${next.id}/templates`);
    assert.deepEqual(templates.map((each: { code: string }) => each.code), [template.code]);
    const again = await owner.try("POST", `/guilds/${guildId}/upgrade`);
    assert.equal(again.status, 409);
  });
});

Deno.test("a server that ends while its members come over gives them what is theirs at its next start", async () => {
  await using federation = await startServers(1);
  const [one] = federation.servers;
  assert.ok(one);
  const names = ["olga", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"];
  const { owner, members, guildId } = await makeGuild(one, names);
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff" });
  for (const { id } of members) {
    await owner.do("PATCH", `/guilds/${guildId}/members/${id}`, { roles: [role.id] });
  }
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  const next = await owner.do("POST", `/guilds/${guildId}/upgrade`);
  const memberOf = (id: string) => owner.try("GET", `/guilds/${next.id}/members/${id}`);
  // All of them move in one transaction, and get their roles one after the other.
  await soon("them to be there", async () => (await memberOf(members[0]?.id ?? "")).status === 200);
  await federation.stop(0);
  await federation.start(0);
  for (const { id } of members) {
    await soon(`${id} to have the role again`, async () => {
      const { status, body } = await memberOf(id);
      return status === 200 && body.roles.join() === role.id;
    });
  }
});

Deno.test("what is given in the old room after it was closed is nobody's in the new one", async () => {
  await using federation = await startServers(1);
  const [one] = federation.servers;
  assert.ok(one);
  const { owner, members, guildId } = await makeGuild(one, ["olga", "fay", "gus"]);
  const [fay, gus] = members as [Person, Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff" });
  const give = (guild: string, to: Person, roles: string[]) =>
    owner.do("PATCH", `/guilds/${guild}/members/${to.id}`, { roles });
  await give(guildId, gus, [role.id]);
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  const next = await owner.do("POST", `/guilds/${guildId}/upgrade`);
  const rolesOf = async (person: Person, guild: string = next.id) => {
    const { status, body } = await owner.try("GET", `/guilds/${guild}/members/${person.id}`);
    return status === 200 ? body.roles as string[] : undefined;
  };
  for (const person of [fay, gus]) {
    await soon(`${person.id} to be there`, async () => await rolesOf(person) !== undefined);
  }
  // Of the old room its owner is owner still, whoever owns the new one.
  await give(guildId, fay, [role.id]);
  await federation.stop(0);
  await federation.start(0);
  // One thing is done after the other: once this one is, those before were looked at.
  const other = await owner.do("POST", "/guilds", { name: "Another" });
  const otherRole = await owner.do("POST", "/roles", { guild_id: other.id, name: "Staff" });
  const link = await owner.do("POST", "/invites", { guild_id: other.id });
  await gus.do("POST", `/invites/${link.code}/accept`, {});
  await give(other.id, gus, [otherRole.id]);
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  const otherNext = await owner.do("POST", `/guilds/${other.id}/upgrade`);
  await soon(
    "gus to have his role there",
    async () => (await rolesOf(gus, otherNext.id))?.length === 1,
  );
  assert.deepEqual([await rolesOf(fay), await rolesOf(gus)], [[], [role.id]]);
});

async function ownLink(person: Person): Promise<{ readonly code: string }> {
  const guild = await person.do("POST", "/guilds", { name: "For links" });
  return await person.do("POST", "/invites", { guild_id: guild.id });
}
