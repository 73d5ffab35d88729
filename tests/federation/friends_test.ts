/** Friends across servers: requests, answers, ends and blocks, over real servers. PROTOCOL.md 10. */
import assert from "node:assert/strict";
import { sendTransaction } from "../../core/api/federation/send.ts";
import { serverName } from "../harness/events.ts";
import { type Federation, startServers } from "../harness/federated.ts";
import { makeGuild, PASSWORD, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { HostilePeer } from "./hostile_peer.ts";

const SOON_MS = 120_000;
const peer = HostilePeer.start("evil.test");
let federation: Federation;
let ann: Person;
let bea: Person;
let cleo: Person;

interface Shown {
  readonly user: { readonly id: string };
  readonly bond: string | null;
  readonly blocked: boolean;
}

async function listOf(person: Person): Promise<Shown[]> {
  return (await person.do("GET", "/relationships")).relationships;
}
async function bondOf(person: Person, other: string): Promise<string | null> {
  return (await listOf(person)).find(({ user }) => user.id === other)?.bond ?? null;
}
async function until(person: Person, other: string, bond: string | null): Promise<void> {
  await waitFor(
    `${person.id} to have ${bond} with ${other}`,
    async () => await bondOf(person, other) === bond,
    SOON_MS,
  );
}
const ask = (person: Person, other: string) =>
  person.do("POST", "/relationships", { user_id: other });
const path = (other: string) => `/relationships/${encodeURIComponent(other)}`;
const blocks = (other: string) => `/blocks/${encodeURIComponent(other)}`;

/** Says something as the hostile server, about anybody. */
async function say(...words: readonly (readonly [from: string, to: string, action: string])[]) {
  const [one] = federation.servers;
  assert(one !== undefined);
  const reply = await peer.call(
    { url: one.url, name: serverName(one.name) },
    sendTransaction,
    {
      txn_id: peer.rng.bytes(12).toHex(),
      origin: peer.name,
      pdus: [],
      edus: words.map(([from, to, action]) => ({
        type: "m.relationship",
        content: { from, to, action },
      })),
    },
  );
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
}

Deno.test.beforeAll(async () => {
  federation = await startServers(2, { extraPeers: [peer.address] });
  const [one, two] = federation.servers;
  assert(one !== undefined && two !== undefined);
  const guild = await makeGuild(one, ["ann", "cleo"]);
  ann = guild.owner;
  cleo = guild.members[0] as Person;
  bea = await two.register("bea");
});
Deno.test.afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

/** Friends who share no room: each is told whether the other is there. */
async function seeEachOther(): Promise<void> {
  using ofAnn = await ann.connect();
  using ofBea = await bea.connect();
  for (const [ears, friend] of [[ofAnn, bea], [ofBea, ann]] as const) {
    ears.send({ op: "subscribe", d: { guild_id: null, user_ids: [friend.id] } });
  }
  await waitFor(
    "friends to see each other",
    () =>
      [[ofAnn, bea] as const, [ofBea, ann] as const].every(([{ frames }, friend]) =>
        frames.some((frame) =>
          frame.op === "presences" && frame.d.presences[friend.id] === "online" ||
          frame.op === "dispatch" && frame.t === "presence" && frame.d.user_id === friend.id &&
            frame.d.presence === "online"
        )
      ),
    SOON_MS,
  );
}

Deno.test("a request crosses, its yes comes back, and either may end it", async () => {
  assert.equal((await ask(ann, bea.id)).bond, "asked");
  await until(bea, ann.id, "asks");
  await bea.do("POST", `${path(ann.id)}/accept`);
  await until(ann, bea.id, "friend");
  assert.equal(await bondOf(bea, ann.id), "friend");
  await seeEachOther();
  await ann.do("DELETE", path(bea.id));
  await until(bea, ann.id, null);
});

Deno.test("what is said while the other server is away arrives when it is back", async () => {
  federation.cut(0, 1);
  const { status } = await ann.try("POST", "/relationships", { user_id: "@nobody:two.test" });
  assert(status >= 400, "whoever cannot be asked for is not asked");
  federation.heal(0, 1);
  await ask(ann, bea.id);
  await until(bea, ann.id, "asks");
  federation.cut(0, 1);
  await bea.do("POST", `${path(ann.id)}/accept`);
  assert.equal(await bondOf(ann, bea.id), "asked");
  federation.heal(0, 1);
  await until(ann, bea.id, "friend");
});

Deno.test("a block ends a friendship like every end of one; what the blocked asks later is not shown, and looks the same to them", async () => {
  await ann.do("PUT", blocks(bea.id));
  await until(bea, ann.id, null);
  const asked = await ask(bea, ann.id);
  assert.deepEqual([asked.bond, asked.blocked], ["asked", false]);
  // The control: somebody else of the same server is shown later.
  const two = federation.servers[1];
  assert(two !== undefined);
  const guild = await bea.do("POST", "/guilds", { name: "For links" });
  const { code } = await bea.do("POST", "/invites", { guild_id: guild.id });
  const dora = await two.register("dora", code);
  await ask(dora, ann.id);
  await until(ann, dora.id, "asks");
  assert.equal(await bondOf(ann, bea.id), null);
  assert.equal(await bondOf(bea, ann.id), "asked");
  const refused = await ann.try("POST", "/relationships", { user_id: bea.id });
  assert.equal(refused.status, 409);
  assert.match(refused.body.error.message, /blocked/);
  const conversation = await ann.try("POST", "/dms", { user_id: bea.id });
  assert.equal(conversation.status, 403);
  await ann.do("DELETE", blocks(bea.id));
  assert.equal((await ask(ann, bea.id)).bond, "asked");
  // Both had asked by now.
  await until(ann, bea.id, "friend");
  await until(bea, ann.id, "friend");
});

Deno.test("a friend's conversation needs no answer, until one was left", async () => {
  const { room_id } = await bea.do("POST", "/dms", { user_id: ann.id });
  const stateAt = async (person: Person) =>
    (await person.do("GET", "/dms")).dms.find((dm: { room_id: string }) => dm.room_id === room_id)
      ?.state;
  const both = (what: string, ofBea: string, ofAnn: string) =>
    waitFor(
      what,
      async () => await stateAt(bea) === ofBea && await stateAt(ann) === ofAnn,
      SOON_MS,
    );
  await both("ann to be there without a word of hers", "joined", "joined");
  await ann.do("POST", `/dms/${room_id}/leave`, {});
  await waitFor("bea to see that she left", async () => await stateAt(bea) !== "joined", SOON_MS);
  await bea.do("POST", "/dms", { user_id: ann.id });
  await both("ann to be asked", "waiting", "invited");
});

Deno.test("whoever lets nobody ask, or only people of shared guilds, is not asked; who asks sees no difference", async () => {
  await cleo.do("PATCH", "/account/preferences", { requests_from: "nobody" });
  assert.equal((await ask(bea, cleo.id)).bond, "asked");
  assert.equal((await ask(ann, cleo.id)).bond, "asked");
  assert.equal(await bondOf(cleo, ann.id), null);
  await ann.do("DELETE", path(cleo.id));
  await cleo.do("PATCH", "/account/preferences", { requests_from: "shared" });
  assert.equal((await ask(ann, cleo.id)).bond, "asked");
  assert.equal(await bondOf(cleo, ann.id), "asks", "they share a guild");
  assert.equal(await bondOf(cleo, bea.id), null);
  await cleo.do("PATCH", "/account/preferences", { requests_from: "everyone" });
  await ask(bea, cleo.id);
  await until(cleo, bea.id, "asks");
  await cleo.do("DELETE", path(bea.id));
  assert.equal(await bondOf(bea, cleo.id), "asked", "a request that is declined is not answered");
});

Deno.test("a hostile server speaks for its own people alone, befriends nobody who did not ask, and fills nothing", async () => {
  const evil = (name: string) => `@${name}:evil.test`;
  await say(
    ["@dora:two.test", cleo.id, "request"],
    [cleo.id, ann.id, "request"],
    [evil("friend"), cleo.id, "accept"],
    [evil("nobody"), "@nobody:one.test", "request"],
    [evil("self"), "@bea:two.test", "request"],
    [bea.id, ann.id, "remove"],
  );
  // The control, said last: what an honest server would say is shown.
  await say([evil("honest"), cleo.id, "request"]);
  await until(cleo, evil("honest"), "asks");
  const strangers = (await listOf(cleo)).filter(({ user }) => user.id.endsWith(":evil.test"));
  assert.deepEqual(strangers.map(({ user, bond }) => [user.id, bond]), [[
    evil("honest"),
    "asks",
  ]]);
  assert.equal(await bondOf(cleo, "@dora:two.test"), null);
  assert.equal(await bondOf(ann, bea.id), "friend", "nobody ends others' friendships");
  for (let n = 0; n < 400; n += 100) {
    await say(
      ...Array.from(
        { length: 100 },
        (_, at) => [evil(`flood${n + at}`), cleo.id, "request"] as const,
      ),
    );
  }
  const waiting = (await listOf(cleo)).filter(({ bond }) => bond === "asks");
  assert(waiting.length <= 200, `${waiting.length} requests wait`);
});

Deno.test("all devices hear of it, and an account that ends is nobody's friend", async () => {
  using socket = await bea.connect();
  const two = federation.servers[1];
  assert(two !== undefined);
  const { code } = await bea.do("POST", "/invites", {
    guild_id: (await bea.do("POST", "/guilds", { name: "More links" })).id,
  });
  const eve = await two.register("eve", code);
  await ask(eve, bea.id);
  const heard = await socket.until((frame) =>
    frame.op === "dispatch" && frame.t === "relationship.update"
  );
  assert("d" in heard && "bond" in heard.d);
  assert.deepEqual([heard.d.user.id, heard.d.bond], [eve.id, "asks"]);
  await bea.do("POST", `${path(eve.id)}/accept`);
  await ask(eve, ann.id);
  await until(ann, eve.id, "asks");
  await ann.do("POST", `${path(eve.id)}/accept`);
  await until(eve, ann.id, "friend");
  await eve.do("POST", "/account/confirm", { password: PASSWORD });
  await eve.do("POST", "/account/deactivate", { user_name: "eve" });
  await until(ann, eve.id, null);
  assert.equal(await bondOf(bea, eve.id), null);
});
