import assert from "node:assert/strict";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

/** A guild of the first server, somebody of the second in it, and people elsewhere who are not. */
async function startGuild(count: number) {
  const federation = await startServers(count);
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { id: second } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "second",
  });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const link = `${code}@one.test`;
  const join = async (person: Person, by = link) => {
    await person.do("POST", "/join", { link: by });
    await waitFor(
      `${person.id} to be in`,
      async () => (await person.do("GET", `/guilds/${guildId}`)).checking === null,
    );
  };
  const say = async (person: Person, body: string, channel = general) =>
    await person.do("POST", `/rooms/${guildId}/send`, { channel_id: channel, body });
  const bodies = async (person: Person, channel = general): Promise<string[]> => {
    const path = `/rooms/${guildId}/messages?channel_id=${channel}&limit=100`;
    const { messages } = await person.do("GET", path);
    return messages.map(({ body }: { body: string }) => body);
  };
  const reads = (person: Person, body: string, channel = general) =>
    waitFor(
      `${person.id} to read "${body}"`,
      async () => (await bodies(person, channel)).includes(body),
    );
  const bea = await two.register("bea");
  await join(bea);
  await say(owner, "start");
  await reads(bea, "start");
  return { federation, owner, bea, guildId, general, second, link, join, say, bodies, reads };
}

/** Somebody whose server knows the keys of these people's already, from another guild. */
async function newcomer(server: FederatedServer, ...friends: Person[]): Promise<Person> {
  const { owner, guildId } = await makeGuild(server, ["cid"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  for (const friend of friends) {
    await friend.do("POST", "/join", { link: `${code}@${server.name}` });
  }
  return owner;
}

Deno.test("what is said while somebody of a further server joins reaches that server by itself", async () => {
  const { federation, owner, bea, second, join, say, reads } = await startGuild(3);
  await using _federation = federation;
  const cid = await newcomer(federation.servers[2] as FederatedServer, bea);
  federation.cut(0, 1);
  federation.cut(1, 2);
  for (let n = 1; n <= 3; n++) await say(bea, `in flight ${n}`);
  await say(bea, "elsewhere", second);
  await join(cid);
  federation.heal(0, 1);
  federation.heal(1, 2);
  await reads(owner, "in flight 3");
  // Nobody says anything more.
  for (let n = 1; n <= 3; n++) await reads(cid, `in flight ${n}`);
  await reads(cid, "elsewhere", second);
});

Deno.test("so it does when that server comes back, and over a restart of the sender's in between", async () => {
  const { federation, owner, bea, guildId, second, join, say, bodies, reads } = await startGuild(3);
  await using _federation = federation;
  const cid = await newcomer(federation.servers[2] as FederatedServer, bea);
  await join(cid);
  await say(bea, "while they are in");
  await reads(cid, "while they are in");
  await cid.do("POST", `/guilds/${guildId}/leave`, {});
  const members = async (person: Person) =>
    (await person.do("GET", `/guilds/${guildId}/members`)).total;
  await waitFor("two to know that they left", async () => await members(bea) === 2);
  federation.cut(0, 1);
  federation.cut(1, 2);
  await say(bea, "in flight", second);
  await join(cid);
  // Two hears of the join from one alone, and of three it sees nothing before its restart.
  federation.heal(0, 1);
  await say(owner, "rests on the join");
  await reads(bea, "rests on the join");
  await waitFor("two to know that they are back", async () => await members(bea) === 3);
  await federation.stop(1);
  await federation.start(1);
  federation.heal(1, 2);
  await reads(cid, "in flight", second);
  const read = await bodies(cid, second);
  assert.equal(new Set(read).size, read.length, "nothing twice");
});

Deno.test("two servers that come in at once by different others meet", async () => {
  const { federation, owner, bea, guildId, join, say, reads } = await startGuild(4);
  await using _federation = federation;
  const [, , three, four] = federation.servers as FederatedServer[];
  const cid = await newcomer(three as FederatedServer, bea);
  const dan = await newcomer(four as FederatedServer, bea, owner);
  const { code } = await bea.do("POST", "/invites", { guild_id: guildId });
  // Three joins by one and four by two, and neither hears of the other.
  federation.cut(0, 1);
  federation.cut(1, 2);
  federation.cut(0, 3);
  federation.cut(2, 3);
  await join(cid);
  await join(dan, `${code}@two.test`);
  await say(dan, "hello from four");
  await say(cid, "hello from three");
  for (const [a, b] of [[0, 1], [1, 2], [0, 3], [2, 3]] as const) federation.heal(a, b);
  await reads(cid, "hello from four");
  await reads(dan, "hello from three");
});
