/**
 * A private channel whose custodian is away: whom the guild has sent away is not heard there,
 * whatever his server goes on sending. PROTOCOL.md 9.
 */
import assert from "node:assert/strict";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { serverName } from "../harness/events.ts";
import { type Federation, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";

const SOON_MS = 120_000;
const MAIN = MAIN_CHANNEL as ChannelId;

const peer = HostilePeer.start("evil.test");
let federation: Federation;
let guildId: string;
let privateId: string;
let owner: Person;
/** Of the second server: moderates the guild, and reads the private channel. */
let bea: Person;
let council: string;
/** Two users of the hostile server, in both rooms; only one is ever sent away. */
let mallory: Guest;
let frank: Guest;

const soon = (what: string, look: () => Promise<boolean>) =>
  waitFor(what, async () => await look() || undefined, SOON_MS);
const victimAt = (at: number) => {
  const server = federation.servers[at];
  assert(server !== undefined);
  return { url: server.url, name: serverName(server.name) };
};
/** What bea is shown in the private channel on the second server. */
async function shown(): Promise<string[]> {
  const path = `/rooms/${privateId}/messages?channel_id=main&limit=100`;
  const { messages } = await bea.do("GET", path);
  return messages.map((message: { body: string }) => message.body);
}
/** Says something in the private channel to the second server alone. */
async function say(guest: Guest, body: string) {
  const [result] = await guest.towards(victimAt(1)).push([await guest.say(MAIN, body)]);
  assert(result !== undefined);
  return result;
}
const setRoles = (person: Person, who: string, roles: string[]) =>
  person.do("PATCH", `/guilds/${guildId}/members/${encodeURIComponent(who)}`, { roles });
const rolesAt = async (person: Person, who: string): Promise<string[]> => {
  const path = `/guilds/${guildId}/members/${encodeURIComponent(who)}`;
  const { status, body } = await person.try("GET", path);
  return status === 200 ? body.roles : [];
};

Deno.test.beforeAll(async () => {
  federation = await startServers(2, { extraPeers: [peer.address] });
  const [one, two] = federation.servers;
  assert(one !== undefined && two !== undefined);
  const made = await makeGuild(one, ["olga"]);
  owner = made.owner;
  guildId = made.guildId;
  const link = async () => (await owner.do("POST", "/invites", { guild_id: guildId })).code;
  bea = await two.register("bea");
  await bea.do("POST", "/join", { link: `${await link()}@one.test` });
  council = (await owner.do("POST", "/roles", { guild_id: guildId, name: "Council" })).id;
  const mod = await owner.do("POST", "/roles", {
    guild_id: guildId,
    name: "Moderator",
    bits: formatBits(bitsOf("KICK", "BAN", "MANAGE_ROLES")),
  });
  const channel = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
    allow_roles: [council],
  });
  privateId = channel.room_id;
  const ids = [mod.id, council];
  await owner.do("PUT", `/guilds/${guildId}/roles`, { roles: ids });
  await soon(
    "olga to see bea",
    async () => (await owner.try("GET", `/guilds/${guildId}/members/${bea.id}`)).status === 200,
  );
  await setRoles(owner, bea.id, ids);
  await soon(
    "bea to be in the private channel",
    async () =>
      (await bea.try("GET", `/rooms/${privateId}/messages?channel_id=main`)).status === 200,
  );
  const enter = async (name: string) => {
    const guest = await Guest.enter(peer, victimAt(0), await link(), name);
    await setRoles(owner, guest.user, [council]);
    return await Guest.join(peer, victimAt(0), {
      roomId: privateId as RoomId,
      user: guest.user,
    });
  };
  mallory = await enter("mallory");
  frank = await enter("frank");
  await frank.readControl();
  await mallory.readControl();
  await soon("the second server to know both", async () => {
    const [first, second] = await Promise.all(
      [mallory, frank].map(({ user }) => rolesAt(bea, user)),
    );
    return [first, second].every((roles) => roles?.includes(council));
  });
});
Deno.test.afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

Deno.test("the control: both users of the hostile server are heard in the private channel", async () => {
  for (const guest of [mallory, frank]) {
    await soon(
      "a word to be accepted",
      async () => (await say(guest, `from ${guest.user}`)).outcome === "accepted",
    );
  }
  const bodies = await shown();
  for (const guest of [mallory, frank]) assert(bodies.includes(`from ${guest.user}`));
});

Deno.test("a role that was taken silences its former holder before the custodian can act, and others not", async () => {
  federation.cut(0, 1);
  await setRoles(bea, mallory.user, []);
  const result = await say(mallory, "no longer of the council");
  assert.equal(result.outcome, "soft_failed", result.reason);
  assert.match(result.reason ?? "", /now\.guild/);
  const invite = await mallory.make({
    type: "m.room.member",
    stateKey: peer.user("friend"),
    content: { membership: "invite" },
  });
  const [invited] = await mallory.towards(victimAt(1)).push([invite]);
  assert.notEqual(invited?.outcome, "accepted", "nor does he bring anybody in");
  assert.equal((await say(frank, "still of the council")).outcome, "accepted");
  const bodies = await shown();
  assert(bodies.includes("still of the council"));
  assert(!bodies.includes("no longer of the council"));
});

Deno.test("what was held back is looked at again when the guild takes him back", async () => {
  await setRoles(bea, mallory.user, [council]);
  await soon(
    "the word that was held back",
    async () => (await shown()).includes("no longer of the council"),
  );
  assert.equal((await say(mallory, "of the council again")).outcome, "accepted");
});

Deno.test("a kick and a ban from the guild count in its private channels at once", async () => {
  await bea.do("DELETE", `/guilds/${guildId}/members/${encodeURIComponent(mallory.user)}`, {});
  assert.equal((await say(mallory, "kicked and speaking")).outcome, "soft_failed");
  await bea.do("PUT", `/guilds/${guildId}/bans/${encodeURIComponent(mallory.user)}`, {});
  assert.equal((await say(mallory, "banned and speaking")).outcome, "soft_failed");
  const bodies = await shown();
  assert(!bodies.some((body) => body.endsWith("and speaking")), bodies.join());
});

Deno.test("a word that comes before the guild's own word on its author is shown once that comes", async () => {
  // The first server lets somebody in while the second hears nothing of it.
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const late = await Guest.enter(peer, victimAt(0), code, "late");
  await setRoles(owner, late.user, [council]);
  const inside = await Guest.join(peer, victimAt(0), {
    roomId: privateId as RoomId,
    user: late.user,
  });
  const second = inside.towards(victimAt(1));
  const missing = inside.room.control().filter(({ pdu }) => pdu.sender !== frank.user);
  await second.push(missing.slice(-40));
  const early = await say(inside, "early");
  assert.equal(early.outcome, "soft_failed", early.reason);
  assert(!(await shown()).includes("early"));
  federation.heal(0, 1);
  await soon("the early word", async () => (await shown()).includes("early"));
});
