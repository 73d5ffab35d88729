import assert from "node:assert/strict";
import { startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const SOON_MS = 120_000;

function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(what, async () => await look() || undefined, SOON_MS) as Promise<T>;
}

interface Channel {
  readonly id: string;
  readonly room_id: string;
  readonly name: string;
}

/** The channel as the person sees it in the guild, if at all. */
async function channelOf(person: Person, guildId: string, name: string) {
  const { status, body } = await person.try("GET", `/guilds/${guildId}`);
  if (status !== 200) return undefined;
  return body.channels.find((channel: Channel) => channel.name === name) as Channel | undefined;
}

Deno.test("a private channel opens to people of other servers by role, and closes when they lose it", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const bea = await two.register("bea");
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  await soon("olga to see bea", async () => {
    const { status } = await owner.try("GET", `/guilds/${guildId}/members/${bea.id}`);
    return status === 200;
  });
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Council" });
  const made: Channel = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
    allow_roles: [role.id],
  });
  const give = (roles: string[]) =>
    owner.do("PATCH", `/guilds/${guildId}/members/${bea.id}`, { roles });

  await t.step(
    "whoever gains the role is let in by their own server, vouched for by the custodian",
    async () => {
      assert.equal(await channelOf(bea, guildId, "council"), undefined);
      await give([role.id]);
      const channel = await soon("bea to see it", () => channelOf(bea, guildId, "council"));
      assert.equal(channel.room_id, made.room_id);
      const post = { channel_id: "main", body: "in council" };
      await bea.do("POST", `/rooms/${made.room_id}/send`, post);
      await soon("olga to read it", async () => {
        const { messages } = await owner.do(
          "GET",
          `/rooms/${made.room_id}/messages?channel_id=main`,
        );
        return messages.some((m: { body: string }) => m.body === "in council");
      });
    },
  );

  await t.step("whoever loses it is sent away, on both servers", async () => {
    await give([]);
    await soon("bea to be out", async () => await channelOf(bea, guildId, "council") === undefined);
    const { status } = await bea.try("POST", `/rooms/${made.room_id}/send`, {
      channel_id: "main",
      body: "still here",
    });
    assert.equal(status, 404);
  });

  await t.step("nobody comes in without the role, whatever their server asks", async () => {
    const { status } = await bea.try("POST", `/rooms/${made.room_id}/join`);
    assert.equal(status, 404);
  });

  await t.step("a ban from the guild ends it too", async () => {
    await give([role.id]);
    await soon("bea to see it again", () => channelOf(bea, guildId, "council"));
    await owner.do("PUT", `/guilds/${guildId}/bans/${bea.id}`, {});
    await soon("bea to be out of both", async () => {
      const { status } = await bea.try("GET", `/rooms/${made.room_id}/messages?channel_id=main`);
      return status === 404 && await channelOf(bea, guildId, "general") === undefined;
    });
  });
});

Deno.test("a guild of its own server alone lets nobody of another in, and says so", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const olga = await one.register("olga");
  const guild = await olga.do("POST", "/guilds", { name: "Ours", local_only: true });
  assert.equal(guild.local_only, true);
  const { code } = await olga.do("POST", "/invites", { guild_id: guild.id });
  const bea = await two.register("bea");
  const { status } = await bea.try("POST", "/join", { link: `${code}@one.test` });
  assert.equal(status, 403);
  const direct = await olga.try("POST", "/invite", { room_id: guild.id, user_id: bea.id });
  assert.equal(direct.status, 403);
  assert.match(direct.body.error.message, /this server alone/);
});

Deno.test("the list of servers shuts one out: its people neither join nor are heard", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const link = `${code}@one.test`;
  const bea = await two.register("bea");
  await bea.do("POST", "/join", { link });
  const list = (deny: string[]) =>
    owner.try("PUT", `/guilds/${guildId}/servers`, {
      acl: { allow: ["*"], deny, allow_ip_literals: true },
    });

  await t.step("one's own server cannot be shut out", async () => {
    const { status, body } = await list(["*.test"]);
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(body.error.message, /one\.test/);
  });

  await t.step("a server that is shut out", async () => {
    assert.equal((await list(["two.*"])).status, 200);
    const { servers, acl } = await owner.do("GET", `/guilds/${guildId}/servers`);
    assert.deepEqual(acl.deny, ["two.*"]);
    assert.deepEqual(
      servers.map((each: { name: string; allowed: boolean }) => [each.name, each.allowed]),
      [["one.test", true], ["two.test", false]],
    );
    const dan = await two.register("dan", (await ownLink(bea)).code);
    const { status } = await dan.try("POST", "/join", { link });
    assert.equal(status, 403);
    await bea.try("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "unheard" });
    await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "heard" });
    const { messages } = await owner.do(
      "GET",
      `/rooms/${guildId}/messages?channel_id=${general}`,
    );
    assert.deepEqual(messages.map((m: { body: string }) => m.body), ["heard"]);
  });
});

async function ownLink(person: Person): Promise<{ readonly code: string }> {
  const guild = await person.do("POST", "/guilds", { name: "For links" });
  return await person.do("POST", "/invites", { guild_id: guild.id });
}
