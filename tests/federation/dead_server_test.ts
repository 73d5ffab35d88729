/** A guild stays open to new servers though a server of it is gone for good. PROTOCOL.md 8. */
import assert from "node:assert/strict";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { checkKeysOnWord } from "../../server/doctor/checks/keys_on_word.ts";
import { type FederatedServer, type Federation, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { onWord } from "../harness/key_reader.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";

const DAY_MS = 86_400_000;
const MODERATOR = formatBits(bitsOf("MANAGE_ROLES") | bitsOf("MANAGE_CHANNELS"));

interface Scene {
  readonly federation: Federation;
  readonly guildId: string;
  readonly general: string;
  /** A link of the first server. */
  readonly link: string;
  /** On the server that goes. */
  readonly xia: Person;
}

/**
 * A guild of the first server, in which somebody of the server at `gone` has spoken, been given a
 * role and made another one; those at `others` have somebody there too.
 */
async function play(
  federation: Federation,
  { gone, others }: { readonly gone: number; readonly others: readonly number[] },
): Promise<Scene> {
  const servers = federation.servers;
  const first = at(federation, 0);
  const { owner, guildId, general } = await makeGuild(first, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const link = `${code}@${first.name}`;
  const joined: Person[] = [];
  for (const place of [...others, gone]) {
    const person = await (servers[place] as FederatedServer).register(`p${place}`);
    await person.do("POST", "/join", { link });
    await checked(person, guildId);
    joined.push(person);
  }
  const xia = joined.at(-1) as Person;
  const member = `/guilds/${guildId}/members/${encodeURIComponent(xia.id)}`;
  const shows = async () => (await owner.try("GET", member)).status === 200;
  await waitFor("the first server to see the member", shows);
  const role = { guild_id: guildId, name: "Moderator", bits: MODERATOR };
  const moderator = await owner.do("POST", "/roles", role);
  await owner.do("PATCH", member, { roles: [moderator.id] });
  const lesser = { guild_id: guildId, name: "Made elsewhere", bits: "0" };
  await waitFor(
    "the moderator to have the right",
    async () => (await xia.try("POST", "/roles", lesser)).status === 200,
  );
  await xia.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "before the end" });
  for (const place of [0, ...others]) {
    const server = at(federation, place);
    await waitFor(
      `${server.name} to hold all`,
      async () => await sameState(server, at(federation, gone), guildId),
    );
    const said = () => hasSaid(server, guildId, xia.id);
    await waitFor(`${server.name} to hold the message`, said);
  }
  return { federation, guildId, general, link, xia };
}

Deno.test("a new server joins a guild whose member server is gone, and hears the truth when it is back", async () => {
  await using federation = await startServers(4);
  const { guildId, general, link, xia } = await play(federation, { gone: 2, others: [1] });
  await federation.stop(2);

  const newcomer = at(federation, 3);
  const dora = await join(newcomer, { link, guildId });
  await waitFor("all servers to hold one state", async () => {
    const same = [at(federation, 0), at(federation, 1)].map((each) =>
      sameState(newcomer, each, guildId)
    );
    return (await Promise.all(same)).every((each) => each);
  });
  const member = await dora.do("GET", `/guilds/${guildId}/members/${encodeURIComponent(xia.id)}`);
  assert.equal(member.roles.length, 1);
  await shown(dora, { guildId, general }, ["before the end"]);

  const held = await onWord(newcomer);
  assert.ok(held.length > 0);
  for (const { server, word_of: of, denied_ts: denied } of held) {
    assert.equal(server, "three.test");
    assert.deepEqual([...of].sort(), ["one.test", "two.test"]);
    assert.equal(denied, null);
  }
  assert.deepEqual(await onWord(at(federation, 1)), [], "who met the server needs nobody's word");
  const [finding] = await checkKeysOnWord(newcomer.parts.database.sql);
  assert.equal(finding?.status, "ok");
  assert.match(finding?.message ?? "", /three\.test/);

  await federation.start(2);
  const back = at(federation, 2);
  await waitFor("its keys to be confirmed", async () => (await onWord(newcomer)).length === 0);
  const again = await back.call("POST", `/rooms/${guildId}/send`, {
    token: xia.token,
    body: { channel_id: general, body: "I was only asleep" },
  });
  assert.equal(again.status, 200, JSON.stringify(again.body));
  await shown(dora, { guildId, general }, ["before the end", "I was only asleep"]);
  assert.equal((await checkKeysOnWord(newcomer.parts.database.sql)).length, 0);
});

Deno.test("the word of the only other server is enough, and the next newcomer hears it from both", async () => {
  await using federation = await startServers(4);
  const { guildId, general, link } = await play(federation, { gone: 1, others: [] });
  await federation.stop(1);
  for (const place of [2, 3]) {
    const person = await join(at(federation, place), { link, guildId });
    await shown(person, { guildId, general }, ["before the end"]);
    for (const { word_of: of } of await onWord(at(federation, place))) {
      assert.deepEqual(of, ["one.test"], "who has it from others adds nothing to their word");
    }
    assert.ok((await onWord(at(federation, place))).length > 0);
    assert.ok(await sameState(at(federation, place), at(federation, 0), guildId));
  }
});

Deno.test("of a guild that all who knew the gone servers have left, the last newcomer opens the door", async () => {
  await using federation = await startServers(4);
  const { guildId, general, link } = await play(federation, { gone: 1, others: [] });
  await federation.stop(1);
  const cleo = await join(at(federation, 2), { link, guildId });
  await shown(cleo, { guildId, general }, ["before the end"]);
  const pass = await cleo.try("POST", "/invites", { guild_id: guildId });
  assert.equal(pass.status, 200, JSON.stringify(pass.body));
  await federation.stop(0);
  const person = await join(at(federation, 3), {
    link: `${pass.body.code}@three.test`,
    guildId,
  });
  await shown(person, { guildId, general }, ["before the end"]);
  const gone = new Set((await onWord(at(federation, 3))).map(({ server }) => server));
  assert.deepEqual([...gone].sort(), ["one.test", "two.test"]);
});

Deno.test("a key that is met in old messages alone is taken when somebody reads back so far", async () => {
  await using ghost = HostilePeer.start("ghost.test");
  await using federation = await startServers(3, { extraPeers: [ghost.address] });
  const one = at(federation, 0);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const link = `${code}@${one.name}`;
  const bea = await join(at(federation, 1), { link, guildId });
  const guest = await Guest.enter(ghost, { url: one.url, name: one.name as ServerName }, code);
  const towards = (place: number) => {
    const { url, name } = at(federation, place);
    return guest.towards({ url, name: name as ServerName });
  };
  const entered = guest.room.control().filter(({ pdu }) => pdu.sender === guest.user);
  await towards(1).push(entered);
  await waitFor("the other server to know the guest", async () => {
    const { total } = await bea.do("GET", `/guilds/${guildId}/members`);
    return total === 3;
  });
  // What is said here is signed with a key that no control event is signed with.
  ghost.addKey({ from: Date.now() - DAY_MS, until: Date.now() + DAY_MS });
  const lost = await guest.say(general as ChannelId, "of long ago");
  for (const place of [0, 1]) {
    const [result] = await towards(place).push([lost]);
    assert.equal(result?.outcome, "accepted", result?.reason);
  }
  for (let nth = 0; nth < 60; nth++) {
    const body = `later ${nth}`;
    await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  }
  ghost.keyDocument = () => undefined;
  const newcomer = at(federation, 2);
  const cleo = await join(newcomer, { link, guildId });
  await waitFor("the message to be read back to", async () => {
    const bodies: string[] = [];
    for (let before: string | undefined, pages = 0; pages < 10; pages++) {
      const { messages } = await cleo.do(
        "GET",
        `/rooms/${guildId}/messages?channel_id=${general}` +
          (before === undefined ? "" : `&before=${encodeURIComponent(before)}`),
      );
      if (messages.length === 0) break;
      bodies.push(...messages.map((message: { body: string }) => message.body));
      before = messages[0].id;
    }
    return bodies.includes("of long ago") && bodies.includes("later 0");
  });
  assert.equal((await onWord(newcomer)).length, 2);
});

function at({ servers }: Federation, place: number): FederatedServer {
  const server = servers[place];
  assert.ok(server);
  return server;
}

async function join(
  server: FederatedServer,
  { link, guildId }: { readonly link: string; readonly guildId: string },
): Promise<Person> {
  const person = await server.register(`new-${server.name.split(".")[0]}`);
  await person.do("POST", "/join", { link });
  await checked(person, guildId);
  return person;
}

async function checked(person: Person, guildId: string): Promise<void> {
  await waitFor("the guild to be checked", async () => {
    const { status, body } = await person.try("GET", `/guilds/${guildId}`);
    assert.notEqual(status, 404, "the join was given up");
    return status === 200 && body.checking === null;
  });
}

async function shown(
  person: Person,
  { guildId, general }: { readonly guildId: string; readonly general: string },
  bodies: readonly string[],
): Promise<void> {
  await waitFor(`${bodies.join(", ")} to be shown`, async () => {
    const { messages } = await person.do(
      "GET",
      `/rooms/${guildId}/messages?channel_id=${general}`,
    );
    const found = messages.map((message: { body: string }) => message.body).reverse();
    return bodies.every((body) => found.includes(body));
  });
}

/** Whether two servers hold the same state of a room. */
async function sameState(
  one: FederatedServer,
  other: FederatedServer,
  roomId: string,
): Promise<boolean> {
  const [mine, theirs] = await Promise.all([one, other].map(async (server) => {
    const rows = await server.parts.database.sql<{ event_id: string }[]>`
      select event_id from current_state where room_id = ${roomId} order by event_id`;
    return rows.map((row) => row.event_id).join();
  }));
  return mine !== "" && mine === theirs;
}

async function hasSaid(server: FederatedServer, roomId: string, sender: string): Promise<boolean> {
  const rows = await server.parts.database.sql`
    select 1 from events where room_id = ${roomId} and sender = ${sender}
      and type = 'm.room.message' and outcome = 'accepted'`;
  return rows.length > 0;
}
