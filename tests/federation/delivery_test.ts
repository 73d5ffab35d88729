import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { AWAY_AFTER_MS } from "../../server/services/federation/away_servers.ts";
import { runCli } from "../harness/cli.ts";
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
import { waitFor } from "../harness/wait_for.ts";

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));
const TWO = "two.test" as ServerName;

/** The server fails for longer than people are spared of it, and is not tried in this hour. */
async function failForLong(listeners: Listeners, server: ServerName): Promise<void> {
  await listeners.restart(async (sql) => {
    await sql`
      update destinations set failures = 7, failing_since_ts = ${Date.now() - AWAY_AFTER_MS - 1},
        next_try_ts = ${Date.now() + 3_600_000}, error_kind = 'timeout', error_text = 'no answer',
        error_ts = ${Date.now()}
      where server = ${server}`;
  });
}

function ask(listeners: Listeners, path: string, token = listeners.owner.token) {
  return listeners.server().call("GET", path, { token });
}

Deno.test("a message tells which servers have it, which wait and which are away", async () => {
  await using listeners = await startListeners(["two.test", "three.test", "four.test"]);
  const { owner, members, guildId } = listeners;
  const [two, three] = listeners.peers as [RecordingPeer, RecordingPeer];
  const bob = await letIn(listeners, "@bob:two.test");
  await letIn(listeners, "@ben:two.test");
  await letIn(listeners, "@cat:three.test");
  const hidden = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "hidden",
    entries: [
      { target: "everyone", allow: "0", deny: VIEW },
      { target: bob, allow: VIEW, deny: "0" },
    ],
  });
  const of = async (id: string) =>
    (await ask(listeners, `/rooms/${guildId}/events/${id}/delivery`)).body;
  const early = await say(listeners, "for both");
  await heard(two, "for both");
  await heard(three, "for both");
  const delivered = await waitFor("both marks", async () => {
    const answer = await of(early.id);
    const done = answer.servers.every(({ state }: { state: string }) => state === "has");
    return done ? answer : undefined;
  });
  assert.deepEqual(delivered, {
    origin: "one.test",
    servers: [
      { server: "three.test", state: "has", readers: 1, since_ts: null },
      { server: "two.test", state: "has", readers: 2, since_ts: null },
    ],
  });
  // Who came later was not sent it.
  await letIn(listeners, "@dan:four.test");
  assert.equal((await of(early.id)).servers.length, 2);
  const secret = await say(listeners, "for two alone", hidden.id);
  const { servers } = await of(secret.id);
  assert.deepEqual(servers.map(({ server }: { server: string }) => server), ["two.test"]);
  const [ann] = members;
  const other = await ask(listeners, `/rooms/${guildId}/events/${secret.id}/delivery`, ann?.token);
  const none = await ask(listeners, `/rooms/${guildId}/events/$${"1".repeat(43)}/delivery`);
  assert.equal(other.status, 404);
  assert.equal(other.body.error.message, none.body.error.message);

  await atRest(listeners);
  two.link.cut();
  const late = await say(listeners, "in the dark");
  await heard(three, "in the dark");
  const state = async () =>
    (await of(late.id)).servers.map((each: { server: string; state: string }) =>
      `${each.server} ${each.state}`
    ).join();
  await waitFor("one of them", async () => (await state()).includes("three.test has"));
  assert.match(await state(), /two\.test waiting/);
  await failForLong(listeners, TWO);
  await waitFor("away", async () => (await state()).includes("two.test away"));
});

Deno.test("members see which servers are away, and that they came back", async () => {
  await using listeners = await startListeners(["two.test"]);
  const { owner, guildId } = listeners;
  const [two] = listeners.peers as [RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  await letIn(listeners, "@ben:two.test");
  await say(listeners, "hello");
  await heard(two, "hello");
  await atRest(listeners);
  two.link.cut();
  await failForLong(listeners, TWO);
  const away = async () => (await ask(listeners, `/guilds/${guildId}`)).body.away;
  const [server] = await waitFor("it", async () => {
    const list = await away();
    return list.length > 0 ? list : undefined;
  });
  assert.equal(server.server, "two.test");
  assert.equal(server.members, 2);
  assert.ok(server.since_ts < Date.now() - AWAY_AFTER_MS);
  using listening = await owner.connect();
  two.link.heal();
  engineOf(listeners).retry(TWO);
  await waitFor(
    "the news",
    () => listening.dispatches("guild.update").some(({ away: servers }) => servers.length === 0),
  );
  assert.deepEqual(await away(), []);
});

Deno.test("an administrator sees how servers fare, tests them and has them tried", async () => {
  await using listeners = await startListeners(["two.test", "three.test"]);
  const [two, three] = listeners.peers as [RecordingPeer, RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  await letIn(listeners, "@cat:three.test");
  await say(listeners, "hello");
  await heard(two, "hello");
  await heard(three, "hello");
  await atRest(listeners);
  two.link.cut();
  await say(listeners, "one");
  await say(listeners, "two");
  await heard(three, "two");
  await failForLong(listeners, TWO);
  const call = (method: string, path: string) =>
    listeners.server().call(method, `/admin/federation${path}`, { token: listeners.owner.token });
  // Its answer to the last message may have come while the server was stopping.
  const list = await waitFor("three.test to have everything", async () => {
    const { body } = await call("GET", "");
    return body.destinations.at(-1)?.waiting === 0 ? body : undefined;
  });
  assert.equal(list.total, 2);
  assert.equal(list.failing, 1);
  const [first, second] = list.destinations;
  assert.equal(first.server, "two.test", "those with trouble come first");
  assert.equal(first.state, "away");
  assert.equal(first.waiting, 2);
  assert.ok(first.lag_ms > 0);
  assert.deepEqual([first.last_error.kind, first.last_error.text], ["timeout", "no answer"]);
  assert.deepEqual([second.state, second.waiting, second.rooms], ["well", 0, 1]);
  assert.equal((await call("GET", "/nobody.test")).status, 404);
  assert.equal((await call("POST", "/one.test/test")).status, 400);
  const dead = await call("POST", "/two.test/test");
  assert.deepEqual([dead.body.reachable, dead.body.error.kind], [false, "unreachable"]);
  const alive = await call("POST", "/three.test/test");
  assert.deepEqual([alive.body.reachable, alive.body.error], [true, null]);
  // A35: what another server answers us is never our answer to a client.
  three.mood = "answers 401";
  const shut = await call("POST", "/three.test/test");
  assert.deepEqual([shut.status, shut.body.error.kind], [200, "server_error"]);
  three.mood = "well";

  const cli = (...args: string[]) =>
    runCli(["federation", ...args], {
      workingFolder: "/",
      parts: { live: listeners.server().parts },
    });
  const status = await cli("status");
  assert.equal(status.code, 0, status.err);
  assert.match(
    status.out,
    /^SERVER +STATE +WAITING +BEHIND .*\ntwo\.test +away +2 +\S.* +no answer\nthree\.test +well +0 /,
  );
  const one = await cli("status", "two.test");
  assert.match(one.out, /State +it cannot be reached; what it should get waits\n/);
  assert.match(one.out, /Failing since +\S.*, 7 times in a row\n/);
  assert.equal(JSON.parse((await cli("status", "--json")).out).destinations.length, 2);
  const failed = await cli("test", "two.test");
  assert.equal(failed.code, 1);
  assert.match(failed.out, /^two\.test cannot be reached \(unreachable\): /);
  assert.match((await cli("test", "three.test")).out, /^three\.test answered in \d+ ms\.\n$/);
  const unknown = await cli("retry", "nobody.test");
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /sends nothing to "nobody\.test": no room has people of both/);

  two.link.heal();
  assert.equal((await cli("retry", "two.test")).code, 0);
  await heard(two, "two");
  assert.deepEqual(two.bodies, ["hello", "one", "two"]);
  const figures = async () =>
    await (await fetch(`${listeners.server().url}/metrics`, {
      headers: { authorization: `Bearer ${listeners.owner.token}` },
    })).text();
  for (const name of ["destinations", "transactions", "pdus_sent", "lag_seconds"]) {
    await waitFor(name, async () => (await figures()).includes(`\nopenguild_federation_${name}`));
  }
});
