import assert from "node:assert/strict";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { connect } from "../../server/postgres/connect.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { silentLog } from "../../server/system/log.ts";
import { type Homeserver, makeGuild, type Person } from "../harness/homeserver.ts";
import {
  atRest,
  engineOf,
  heard,
  letIn,
  type Listeners,
  say,
  startListeners,
} from "../harness/listeners.ts";
import type { RecordingPeer } from "../harness/recording_peer.ts";
import { joinGuild } from "../harness/shared_guild.ts";
import { waitFor } from "../harness/wait_for.ts";

/**
 * What is said while a channel is hidden from a server that is in the guild is not sent to it, and
 * its ends are as soon as the server comes to see the channel. PROTOCOL.md 8.
 */

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));
const READ_HISTORY = formatBits(bitsOf("READ_HISTORY"));
const HIDDEN = { target: "everyone", allow: "0", deny: VIEW };

/** A guild of three servers, a person of each in it; the first two have the role Staff. */
async function startGuild() {
  const federation = await startServers(3);
  const [one, two, three] = federation.servers as [
    FederatedServer,
    FederatedServer,
    FederatedServer,
  ];
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const { id: role } = await owner.do("POST", "/roles", { guild_id: guildId, name: "Staff" });
  const staffAlone = [HIDDEN, { target: role, allow: VIEW, deny: "0" }];
  const { id: staff } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "staff",
    entries: staffAlone,
  });
  const join = async (server: FederatedServer, name: string) => {
    const person = await server.register(name);
    await joinGuild(person, { code, guildId });
    return person;
  };
  const give = (person: Person, roles: string[]) =>
    owner.do("PATCH", `/guilds/${guildId}/members/${person.id}`, { roles });
  /** General is for staff alone, or for all. */
  const setHidden = (hidden: boolean) =>
    owner.do("PATCH", `/rooms/${guildId}/channels/${general}`, {
      entries: hidden ? staffAlone : [],
    });
  /** Whether a server holds that the third one sees a channel. */
  const holds = (at: number, channel: string, seen: boolean) =>
    waitFor(`server ${at} to know that ${channel} is ${seen ? "seen" : "hidden"}`, async () => {
      const { chat } = (federation.servers[at] as FederatedServer).parts;
      const room = await chat?.rooms.open(guildId as RoomId);
      return room?.authority.viewingServers(channel as ChannelId).has(three.name as ServerName) ===
        seen;
    });
  const send = async (person: Person, body: string, channel: string) =>
    await person.do("POST", `/rooms/${guildId}/send`, { channel_id: channel, body });
  const reads = (person: Person, body: string, channel: string) =>
    waitFor(`${person.id} to read "${body}"`, async () => {
      const path = `/rooms/${guildId}/messages?channel_id=${channel}&limit=100`;
      const { status, body: answer } = await person.try("GET", path);
      return status === 200 && answer.messages.some((each: { body: string }) => each.body === body);
    });
  const bea = await join(two, "bea");
  const cid = await join(three, "cid");
  await give(bea, [role]);
  await waitFor("bea to see what staff sees", async () => {
    const { status } = await bea.try("GET", `/rooms/${guildId}/messages?channel_id=${staff}`);
    return status === 200;
  });
  return { federation, bea, cid, general, staff, role, give, setHidden, holds, send, reads };
}

Deno.test("what was said while a channel was hidden from a server is there once a role opens it to somebody of it", async () => {
  const { federation, bea, cid, general, staff, role, give, holds, send, reads } =
    await startGuild();
  await using _federation = federation;
  await send(bea, "before anything else", staff);
  federation.cut(0, 1);
  for (let n = 1; n <= 3; n++) await send(bea, `in flight ${n}`, staff);
  // With this two has passed over what it said before.
  await send(bea, "openly", general);
  await reads(cid, "openly", general);
  federation.cut(1, 2);
  await give(cid, [role]);
  // Two hears of it from one alone, and ends before three can be reached.
  federation.heal(0, 1);
  await holds(1, staff, true);
  await federation.stop(1);
  await federation.start(1);
  federation.heal(1, 2);
  // Nobody says anything more.
  await reads(cid, "in flight 3", staff);
  for (let n = 1; n <= 2; n++) await reads(cid, `in flight ${n}`, staff);
  await reads(cid, "before anything else", staff);
});

Deno.test("so is what was on its way while a channel was hidden for a moment, over a restart in between", async () => {
  const { federation, bea, cid, general, setHidden, holds, send, reads } = await startGuild();
  await using _federation = federation;
  await send(bea, "before", general);
  await reads(cid, "before", general);
  federation.cut(0, 1);
  federation.cut(1, 2);
  await send(bea, "in flight", general);
  await setHidden(true);
  federation.heal(0, 1);
  await holds(1, general, false);
  federation.heal(1, 2);
  await passedOver(federation.servers[1] as FederatedServer);
  await federation.stop(1);
  await federation.start(1);
  await setHidden(false);
  await reads(cid, "in flight", general);
});

/** Something that a server's users said was not sent to another, which did not see the channel. */
function passedOver(server: Homeserver): Promise<unknown> {
  return withDatabase(server, (sql) =>
    waitFor("something to be passed over", async () => {
      const rows = await sql`select 1 from destination_missed where channel_id <> ''`;
      return rows.length > 0;
    }));
}

async function withDatabase<T>(
  { databaseUrl }: Homeserver,
  ask: (sql: Sql) => Promise<T>,
): Promise<T> {
  const sql = connect({ url: databaseUrl, poolSize: 1, log: silentLog });
  try {
    return await ask(sql);
  } finally {
    await sql.end();
  }
}

/** A channel that two.test, which is in the guild, does not see. */
async function startHidden() {
  const listeners = await startListeners(["two.test"]);
  const { owner, guildId } = listeners;
  const [two] = listeners.peers as [RecordingPeer];
  const bob = await letIn(listeners, "@bob:two.test");
  const { id: hidden } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "hidden",
    entries: [HIDDEN],
  });
  const setEntries = (entries: readonly unknown[]) =>
    listeners.server().call("PATCH", `/rooms/${guildId}/channels/${hidden}`, {
      token: owner.token,
      body: { entries },
    });
  return { listeners, two, bob, hidden, setEntries };
}

/** What was said before in other channels is passed over by then. */
async function sayOpenly(listeners: Listeners, two: RecordingPeer, body: string): Promise<void> {
  await say(listeners, body);
  await heard(two, body);
  await atRest(listeners);
}

Deno.test("of what was passed over the end is sent, each time the channel is opened, and once", async () => {
  const { listeners, two, hidden, setEntries } = await startHidden();
  await using _listeners = listeners;
  await say(listeners, "passed over", hidden);
  await say(listeners, "the end", hidden);
  await sayOpenly(listeners, two, "openly");
  await setEntries([]);
  await heard(two, "the end");
  await say(listeners, "seen", hidden);
  await heard(two, "seen");
  await setEntries([HIDDEN]);
  await say(listeners, "passed over again", hidden);
  await sayOpenly(listeners, two, "openly again");
  await setEntries([]);
  await heard(two, "passed over again");
  await sayOpenly(listeners, two, "in the end");
  assert.deepEqual(two.bodies, [
    "openly",
    "the end",
    "seen",
    "openly again",
    "passed over again",
    "in the end",
  ]);
});

Deno.test("a channel that is closed again before its ends could be sent stays hidden, and they are owed over a restart", async () => {
  const { listeners, two, hidden, setEntries } = await startHidden();
  await using _listeners = listeners;
  await say(listeners, "passed over", hidden);
  await sayOpenly(listeners, two, "openly");
  two.link.cut();
  await setEntries([]);
  await waitFor(
    "a failure",
    () => engineOf(listeners).held().some(({ health }) => health.failures > 0),
  );
  await setEntries([HIDDEN]);
  await listeners.restart(() => two.link.heal());
  await sayOpenly(listeners, two, "still hidden");
  assert.deepEqual(two.bodies, ["openly", "still hidden"]);
  two.link.cut();
  await setEntries([]);
  await listeners.restart(() => two.link.heal());
  engineOf(listeners).retry("two.test" as ServerName);
  await heard(two, "passed over");
});

Deno.test("a message tells that a server which sees its channel by now waits for what was passed over", async () => {
  const { listeners, two, hidden, setEntries } = await startHidden();
  await using _listeners = listeners;
  const { id } = await say(listeners, "passed over", hidden);
  await sayOpenly(listeners, two, "openly");
  const states = async () => {
    const path = `/rooms/${listeners.guildId}/events/${id}/delivery`;
    const { body } = await listeners.server().call("GET", path, { token: listeners.owner.token });
    return body.servers.map(({ state }: { state: string }) => state).join();
  };
  assert.equal(await states(), "", "nobody there may see it");
  two.link.cut();
  await setEntries([]);
  await waitFor("the channel to be open", async () => (await states()) !== "");
  assert.equal(await states(), "waiting");
  two.link.heal();
  engineOf(listeners).retry("two.test" as ServerName);
  await heard(two, "passed over");
  await waitFor("two to have it", async () => (await states()) === "has");
});

Deno.test("who may not read back what was said before does not get it with the channel", async () => {
  const { listeners, two, bob, hidden, setEntries } = await startHidden();
  await using _listeners = listeners;
  await say(listeners, "passed over", hidden);
  await sayOpenly(listeners, two, "openly");
  await setEntries([{ target: bob, allow: VIEW, deny: READ_HISTORY }]);
  await withDatabase(
    listeners.server(),
    (sql) =>
      waitFor(
        "it to have been looked at",
        async () => (await sql`select 1 from destination_missed`).length === 0,
      ),
  );
  await say(listeners, "seen", hidden);
  await heard(two, "seen");
  assert.deepEqual(two.bodies, ["openly", "seen"]);
});
