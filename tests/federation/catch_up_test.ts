import assert from "node:assert/strict";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

/** A guild of three servers, a person of each in it. */
async function startGuild() {
  const federation = await startServers(3);
  const [one, two, three] = federation.servers as [
    FederatedServer,
    FederatedServer,
    FederatedServer,
  ];
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const link = `${code}@one.test`;
  const bea = await two.register("bea");
  await bea.do("POST", "/join", { link });
  const cid = await three.register("cid");
  const say = async (person: Person, body: string) =>
    await person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  const bodies = async (person: Person): Promise<string[]> => {
    const path = `/rooms/${guildId}/messages?channel_id=${general}&limit=100`;
    const { messages } = await person.do("GET", path);
    return messages.map(({ body }: { body: string }) => body);
  };
  const reads = (person: Person, body: string) =>
    waitFor(`${person.id} to read "${body}"`, async () => (await bodies(person)).includes(body));
  return { federation, owner, bea, cid, guildId, link, say, bodies, reads };
}

Deno.test("a join is told to every server of the guild by the joiner's own", async () => {
  const { federation, bea, cid, guildId, link, say, reads } = await startGuild();
  await using _federation = federation;
  // Nothing of one's reaches two: what it hears of cid comes from three.
  federation.cut(0, 1);
  await cid.do("POST", "/join", { link });
  await say(cid, "hello from three");
  await reads(bea, "hello from three");
  const { total } = await bea.do("GET", `/guilds/${guildId}/members`);
  assert.equal(total, 3);
});

Deno.test("after a cut all three have everything, once and in each one's order", async () => {
  const { federation, owner, bea, cid, link, say, bodies, reads } = await startGuild();
  await using _federation = federation;
  await cid.do("POST", "/join", { link });
  await say(owner, "start");
  for (const person of [bea, cid]) await reads(person, "start");
  federation.cut(0, 1);
  federation.cut(1, 2);
  const people = { one: owner, two: bea, three: cid };
  for (let n = 1; n <= 12; n++) {
    for (const [name, person] of Object.entries(people)) await say(person, `${name} ${n}`);
  }
  await reads(owner, "three 12");
  assert.ok(!(await bodies(bea)).includes("one 1"), "two is cut off");
  federation.heal(0, 1);
  federation.heal(1, 2);
  for (const person of Object.values(people)) {
    for (const name of Object.keys(people)) await reads(person, `${name} 12`);
    const read = await bodies(person);
    assert.equal(new Set(read).size, read.length, "nothing twice");
    assert.equal(read.length, 37);
    for (const name of Object.keys(people)) {
      const of = read.filter((body) => body.startsWith(`${name} `));
      const order = of.map((body) => Number(body.split(" ")[1]));
      const sorted = order.toSorted((a, b) => a - b);
      assert.ok(
        [sorted, sorted.toReversed()].some((each) => each.join() === order.join()),
        `${name}: ${order}`,
      );
    }
  }
});

Deno.test("a restart in an outage loses nothing that was acknowledged", async () => {
  const { federation, owner, bea, cid, link, say, reads } = await startGuild();
  await using _federation = federation;
  await cid.do("POST", "/join", { link });
  await say(owner, "start");
  for (const person of [bea, cid]) await reads(person, "start");
  federation.cut(0, 1);
  for (let n = 0; n < 5; n++) await say(owner, `unheard ${n}`);
  await reads(cid, "unheard 4");
  await federation.stop(0);
  await federation.start(0);
  federation.heal(0, 1);
  for (let n = 0; n < 5; n++) await reads(bea, `unheard ${n}`);
});
