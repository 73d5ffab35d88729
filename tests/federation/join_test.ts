import assert from "node:assert/strict";
import { startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("people of three servers join one guild by its link, each from their own server", async () => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers;
  assert.ok(one && two && three);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "first words" });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const link = `${code}@one.test`;
  const bea = await two.register("bea");
  const look = await bea.do("GET", `/links/look?link=${encodeURIComponent(link)}`);
  assert.equal(look.guild.name, "Test guild");
  assert.equal(look.server, "one.test");
  assert.equal(look.joined, false);
  using hears = await bea.connect();
  const joined = await bea.do("POST", "/join", { link });
  assert.equal(joined.guild_id, guildId);
  // A small guild is checked before the join is answered, unless that takes its server long.
  const guild = await waitFor("the guild to be checked", async () => {
    const shown = await bea.do("GET", `/guilds/${guildId}`);
    return shown.checking === null ? shown : undefined;
  });
  assert.deepEqual(guild.channels.map((c: { name: string }) => c.name), ["general", "Voice"]);
  await hears.until((frame) => frame.op === "dispatch" && frame.t === "guild.update");
  const page = await waitFor("what was said before", async () => {
    const { messages } = await bea.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    return messages.length > 0 ? messages : undefined;
  });
  assert.deepEqual(page.map((m: { body: string }) => m.body), ["first words"]);
  const cid = await three.register("cid");
  await cid.do("POST", "/join", { link });
  await waitFor("all to see all members", async () => {
    for (const person of [owner, bea, cid]) {
      const { total } = await person.do("GET", `/guilds/${guildId}/members`);
      if (total !== 3) return undefined;
    }
    return true;
  });
  assert.equal((await bea.do("GET", `/links/look?link=${encodeURIComponent(link)}`)).joined, true);
});
