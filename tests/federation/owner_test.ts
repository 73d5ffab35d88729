import assert from "node:assert/strict";
import { startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const SOON_MS = 120_000;
const PASSWORD = "a long enough passphrase, truly 42";

function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(what, async () => await look() || undefined, SOON_MS) as Promise<T>;
}

Deno.test("a guild is handed over to somebody of another server, who says yes and whose server signs", async (t) => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers;
  assert.ok(one && two && three);
  const { owner, guildId } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const bea = await two.register("bea");
  const cid = await three.register("cid");
  for (const person of [bea, cid]) await person.do("POST", "/join", { link: `${code}@one.test` });
  for (const person of [owner, bea, cid]) {
    await soon(`${person.id} to see all three in a guild that is checked`, async () => {
      const { checking } = await person.do("GET", `/guilds/${guildId}`);
      const { total } = await person.do("GET", `/guilds/${guildId}/members`);
      return checking === null && total === 3;
    });
  }
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  const ownerOf = async (person: typeof owner) =>
    (await person.do("GET", `/guilds/${guildId}`)).owner;

  await t.step("until the other says yes nothing changes", async () => {
    const guild = await owner.do("POST", `/guilds/${guildId}/owner`, { user_id: bea.id });
    assert.equal(guild.owner, owner.id);
    const offer = await soon(
      "bea to be asked",
      async () => (await bea.do("GET", "/owner-offers")).offers[0],
    );
    assert.deepEqual([offer.guild_id, offer.by.id], [guildId, owner.id]);
    assert.equal(await ownerOf(bea), owner.id);
  });

  await t.step("nobody takes what was not offered to him", async () => {
    const { status } = await cid.try("POST", `/owner-offers/${guildId}/accept`);
    assert.equal(status, 404);
  });

  await t.step(
    "then all three servers know the new owner, and the old one owns nothing",
    async () => {
      await bea.do("POST", `/owner-offers/${guildId}/accept`);
      for (const person of [owner, bea, cid]) {
        await soon(`${person.id} to see it`, async () => await ownerOf(person) === bea.id);
      }
      assert.deepEqual((await bea.do("GET", "/owner-offers")).offers, []);
      const back = await owner.try("POST", `/guilds/${guildId}/owner`, { user_id: cid.id });
      assert.equal(back.status, 403);
      await bea.do("PATCH", `/guilds/${guildId}`, { name: "Bea's" });
      await soon(
        "cid to see the new name",
        async () => (await cid.do("GET", `/guilds/${guildId}`)).name === "Bea's",
      );
    },
  );

  await t.step("a declined offer is gone", async () => {
    await bea.do("POST", "/account/confirm", { password: PASSWORD });
    await bea.do("POST", `/guilds/${guildId}/owner`, { user_id: cid.id });
    await soon(
      "cid to be asked",
      async () => (await cid.do("GET", "/owner-offers")).offers.length === 1,
    );
    await cid.do("DELETE", `/owner-offers/${guildId}`);
    const { status } = await cid.try("POST", `/owner-offers/${guildId}/accept`);
    assert.equal(status, 404);
    assert.equal(await ownerOf(cid), bea.id);
  });
});
