import assert from "node:assert/strict";
import type { UserId } from "../../core/ids/user_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const MEMBERS = 1000;
const PER_CHANGE = 100;

/** Members of the guild's own server, each with an invite, a join and a nickname. */
async function fill(server: FederatedServer, guildId: RoomId, owner: UserId): Promise<void> {
  const room = await server.parts.chat?.rooms.open(guildId);
  assert.ok(room);
  for (let at = 0; at < MEMBERS; at += PER_CHANGE) {
    const users = Array.from({ length: PER_CHANGE }, (_, n) => `@m${at + n}:one.test` as UserId);
    await room.changeControl(() => ({
      intents: users.flatMap((user) => [
        {
          type: "m.room.member",
          sender: owner,
          stateKey: user,
          content: { membership: "invite" },
        },
        { type: "m.room.member", sender: user, stateKey: user, content: { membership: "join" } },
        { type: "m.member.profile", sender: user, stateKey: user, content: { nickname: "N" } },
      ]),
    }));
  }
}

Deno.test("a large guild can be read at once and written to when it is checked", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  await fill(one, guildId as RoomId, owner.id as UserId);
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "last words" });
  const { id: council } = await owner.do("POST", "/roles", { guild_id: guildId, name: "Council" });
  await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
    allow_roles: [council],
  });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const bea = await two.register("bea");
  using hears = await bea.connect();
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  const guild = await bea.do("GET", `/guilds/${guildId}`);
  assert.ok(guild.checking !== null, "three thousand events are not checked yet");
  assert.ok(guild.checking.total >= 3 * MEMBERS);
  // They are fetched before what is checked, and shown when they come.
  const messages = await waitFor("the last words", async () => {
    const page = await bea.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    return page.messages.length > 0 ? page.messages : undefined;
  });
  assert.deepEqual(messages.map((m: { body: string }) => m.body), ["last words"]);
  const post = { channel_id: general, body: "me too" };
  const early = await bea.try("POST", `/rooms/${guildId}/send`, post);
  assert.equal(early.status, 503);
  assert.match(early.body.error.message, /still being checked/);
  // What this opens is offered once, while her server cannot decide on it yet.
  await owner.do("PATCH", `/guilds/${guildId}/members/${bea.id}`, { roles: [council] });
  await waitFor("the check to end", async () => {
    const { checking } = await bea.do("GET", `/guilds/${guildId}`);
    return checking === null || undefined;
  });
  await hears.until((frame) =>
    frame.op === "dispatch" && frame.t === "guild.checking" && frame.d.checking === null
  );
  // Who read the guild just before, and connects after it, is told too: it stands in no log.
  using again = await bea.connect((await bea.do("GET", "/sync")).position);
  await again.until((frame) =>
    frame.op === "dispatch" && frame.t === "guild.checking" && frame.d.checking === null
  );
  const { total } = await bea.do("GET", `/guilds/${guildId}/members`);
  assert.equal(total, MEMBERS + 2);
  await bea.do("POST", `/rooms/${guildId}/send`, post);
  await waitFor("olga to read it", async () => {
    const page = await owner.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    return page.messages.some((m: { body: string }) => m.body === "me too") || undefined;
  });
  const page = await bea.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
  assert.deepEqual(page.messages.map((m: { body: string }) => m.body), ["last words", "me too"]);
  await waitFor("bea to be let into what her role opens", async () => {
    const { channels } = await bea.do("GET", `/guilds/${guildId}`);
    return channels.some(({ name }: { name: string }) => name === "council");
  });
});
