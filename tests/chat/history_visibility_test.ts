import assert from "node:assert/strict";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";

Deno.test("where history is for those who were there, who comes later reads from then on", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["olga", "ann"]);
  const [ann] = members;
  assert.ok(ann);
  assert.equal((await owner.do("GET", `/guilds/${guildId}`)).history, "shared");
  const changed = await owner.do("PATCH", `/guilds/${guildId}`, { history: "joined" });
  assert.equal(changed.history, "joined");
  assert.equal(changed.name, "Test guild");
  const send = (body: string) =>
    owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  const bodies = async (person: Person, query = "") => {
    const path = `/rooms/${guildId}/messages?channel_id=${general}${query}`;
    const page = await person.do("GET", path);
    return [page.messages.map(({ body }: { body: string }) => body), page.has_before];
  };
  const before: string[] = [];
  for (let n = 0; n < 30; n++) before.push((await send(`before ${n}`)).id);
  await owner.do("PUT", `/rooms/${guildId}/pins/${before[3]}`, { on: true });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const bob = await server.register("bob", code);
  await bob.do("POST", `/invites/${code}/accept`, {});
  for (let n = 0; n < 3; n++) await send(`after ${n}`);

  const after = ["after 0", "after 1", "after 2"];
  assert.deepEqual(await bodies(bob), [after, false]);
  assert.deepEqual(await bodies(bob, "&limit=2"), [after.slice(1), true]);
  assert.deepEqual(await bodies(bob, `&at_ts=1`), [after.slice(0, 3), false]);
  const known = `/rooms/${guildId}/messages/${before[3]}`;
  assert.equal((await bob.try("GET", known)).status, 404);
  assert.deepEqual(
    (await bob.do("GET", `/rooms/${guildId}/pins?channel_id=${general}`)).messages,
    [],
  );
  assert.equal((await bodies(ann))[0].length, 33);
  assert.equal((await ann.try("GET", known)).status, 200);
  assert.equal((await ann.try("PATCH", `/guilds/${guildId}`, { history: "shared" })).status, 403);

  await bob.do("POST", `/guilds/${guildId}/leave`, {});
  await send("while away");
  await bob.do("POST", `/invites/${code}/accept`, {});
  await send("back");
  assert.deepEqual(await bodies(bob), [[...after, "back"], false]);

  await owner.do("PATCH", `/guilds/${guildId}`, { history: "shared" });
  assert.equal((await bodies(bob))[0].length, 35);
});
