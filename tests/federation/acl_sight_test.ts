/** A server that a guild's list shuts out is sent nothing that is said there. PROTOCOL.md 2 and 7. */
import assert from "node:assert/strict";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { joinGuild } from "../harness/shared_guild.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("what is said while a server is shut out of a guild goes to the others alone, and to it once it is let in again", async (t) => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers as [
    FederatedServer,
    FederatedServer,
    FederatedServer,
  ];
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const join = async (server: FederatedServer, name: string) => {
    const person = await server.register(name);
    await joinGuild(person, { code, guildId });
    return person;
  };
  const [bea, cid] = [await join(two, "bea"), await join(three, "cid")];
  const say = (body: string) =>
    owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  const holds = async ({ parts }: FederatedServer, id: string) =>
    (await parts.database.sql`select 1 from events where event_id = ${id}`).length > 0;
  const setDenied = (deny: string[]) =>
    owner.do("PUT", `/guilds/${guildId}/servers`, {
      acl: { allow: ["*"], deny, allow_ip_literals: false },
    });
  const knows = (person: Person, allowed: boolean) =>
    waitFor(`${person.id} to know the list`, async () => {
      const { servers } = await person.do("GET", `/guilds/${guildId}/servers`);
      return servers.find(({ name }: { name: string }) => name === "two.test")?.allowed === allowed;
    });
  const before = await say("before");
  await waitFor(
    "both to have it",
    async () => await holds(two, before.id) && await holds(three, before.id),
  );

  let secret: { id: string };
  await t.step("shut out, it is told so, and is sent nothing that is said", async () => {
    await setDenied(["two.test"]);
    await knows(bea, false);
    secret = await say("among us");
    await waitFor("the third server to have it", () => holds(three, secret.id));
    // What comes to it by itself later than the message: the order of events is kept.
    await owner.do("PATCH", `/guilds/${guildId}`, { name: "Renamed" });
    await waitFor(
      "the second server to hear of the new name",
      async () => (await bea.do("GET", `/guilds/${guildId}`)).name === "Renamed",
    );
    assert.equal(await holds(two, secret.id), false);
    const { servers } = await owner.do(
      "GET",
      `/rooms/${guildId}/events/${secret.id}/delivery`,
    );
    assert.deepEqual(servers.map(({ server }: { server: string }) => server), ["three.test"]);
  });

  await t.step(
    "let in again, it hears what is said, and its people read what they missed",
    async () => {
      await setDenied([]);
      await knows(bea, true);
      const after = await say("all together");
      await waitFor(
        "both to have it",
        async () => await holds(two, after.id) && await holds(three, after.id),
      );
      const path = `/rooms/${guildId}/messages?channel_id=${general}&limit=50`;
      await waitFor("what was said meanwhile to be read back", async () => {
        const { messages } = await bea.do("GET", path);
        return messages.some(({ body }: { body: string }) => body === "among us");
      });
      assert.ok((await cid.do("GET", path)).messages.length >= 3);
    },
  );
});
