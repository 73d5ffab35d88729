import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import type { Mark } from "../../federation/outbound/ports.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { atRest, engineOf, heard, letIn, say, startListeners } from "../harness/listeners.ts";
import { RawPeer } from "../harness/raw_peer.ts";
import { type PeerMood, RecordingPeer } from "../harness/recording_peer.ts";
import { waitFor } from "../harness/wait_for.ts";

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));
const READ_HISTORY = formatBits(bitsOf("READ_HISTORY"));

Deno.test("a server gets what is said while its users are there and may read it", async () => {
  await using listeners = await startListeners(["two.test", "three.test"]);
  const { owner, guildId, peers } = listeners;
  const [two, three] = peers as [RecordingPeer, RecordingPeer];
  await say(listeners, "long before anybody came");
  await say(listeners, "before anybody came");
  const bob = await letIn(listeners, "@bob:two.test");
  // Who let bob in may not have known it; of what lies before it only the last is sent.
  await heard(two, "before anybody came");
  await say(listeners, "first");
  await heard(two, "first");
  await letIn(listeners, "@cat:three.test");
  await heard(three, "first");
  const hidden = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "hidden",
    entries: [
      { target: "everyone", allow: "0", deny: VIEW },
      { target: bob, allow: VIEW, deny: "0" },
    ],
  });
  await say(listeners, "for two alone", hidden.id);
  await say(listeners, "second");
  await heard(two, "second");
  await heard(three, "second");
  const before = ["before anybody came", "first", "for two alone", "second"];
  assert.deepEqual(two.bodies, before);
  assert.deepEqual(three.bodies, ["first", "second"]);
  assert.ok(
    three.types.includes("m.channel.policy"),
    "of hidden channels servers know the rules",
  );
  assert.equal(two.keys.size, 1, "the key that the events rest on comes with them");

  await owner.do("DELETE", `/guilds/${guildId}/members/${bob}`, {});
  await say(listeners, "after two was sent away");
  await heard(three, "after two was sent away");
  const kick = (pdu: RecordingPeer["pdus"][number]) =>
    "state_key" in pdu && pdu.state_key === bob && pdu.content["membership"] === "leave";
  await waitFor("the kick", () => two.pdus.some(kick));
  assert.ok(!two.bodies.includes("after two was sent away"));
  await letIn(listeners, "@bob:two.test");
  await heard(two, "after two was sent away");
  await say(listeners, "back");
  await heard(two, "back");
  // Who is back gets the ends of all it sees: it may not have seen them when they were said.
  const again = ["for two alone", "after two was sent away"];
  assert.deepEqual(two.bodies.slice(before.length, -1).sort(), again.toSorted());
  assert.deepEqual(two.bodies.at(-1), "back");
  assert.deepEqual(two.bodies.slice(0, before.length), before);

  await owner.do("DELETE", `/guilds/${guildId}/members/${bob}`, {});
  await waitFor("the second kick", () => two.pdus.filter(kick).length === 2);
  const servers = listeners.server().parts.outbound?.servers;
  assert.ok(servers);
  await waitFor("nothing to be known of two any more", async () => {
    await servers.sweep();
    return !servers.knows("two.test" as ServerName);
  });
  assert.ok(servers.knows("three.test" as ServerName));
});

Deno.test("a cut link loses nothing: all arrives when it heals, once and in order", async () => {
  await using listeners = await startListeners(["two.test", "three.test"]);
  const [two, three] = listeners.peers as [RecordingPeer, RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  await letIn(listeners, "@cat:three.test");
  const bodies = Array.from({ length: 130 }, (_, n) => `message ${n}`);
  await say(listeners, bodies[0] as string);
  await heard(two, bodies[0] as string);
  await atRest(listeners);
  two.link.cut();
  for (const body of bodies.slice(1)) await say(listeners, body);
  await heard(three, bodies.at(-1) as string);
  assert.deepEqual(three.bodies, bodies);
  await waitFor(
    "a failure",
    () => engineOf(listeners).held().some(({ health }) => health.failures > 0),
  );
  two.link.heal();
  await heard(two, bodies.at(-1) as string);
  assert.deepEqual(two.bodies, bodies);
  const members = two.types.filter((type) => type === "m.room.member");
  assert.equal(members.length, 1, "the invite of a user of ours to three, once");
});

Deno.test("a restart in an outage goes on where it was", async () => {
  await using listeners = await startListeners(["two.test"]);
  const [two] = listeners.peers as [RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  await say(listeners, "before");
  await heard(two, "before");
  await atRest(listeners);
  two.link.cut();
  await say(listeners, "meanwhile 1");
  await say(listeners, "meanwhile 2");
  await listeners.restart();
  assert.deepEqual(two.bodies, ["before"]);
  two.link.heal();
  engineOf(listeners).retry("two.test" as ServerName);
  await heard(two, "meanwhile 2");
  assert.deepEqual(two.bodies, ["before", "meanwhile 1", "meanwhile 2"]);
});

Deno.test("what could not be sent at its time goes only to those who could see it then", async () => {
  await using listeners = await startListeners(["two.test"]);
  const { owner, guildId } = listeners;
  const [two] = listeners.peers as [RecordingPeer];
  const bob = await letIn(listeners, "@bob:two.test");
  const hidden = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "hidden",
    entries: [{ target: "everyone", allow: "0", deny: VIEW }],
  });
  const noHistory = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "no history",
    entries: [{ target: "everyone", allow: "0", deny: READ_HISTORY }],
  });
  await say(listeners, "before");
  await heard(two, "before");
  await atRest(listeners);
  two.link.cut();
  await say(listeners, "while hidden", hidden.id);
  await owner.do("PATCH", `/rooms/${guildId}/channels/${hidden.id}`, {
    entries: [{ target: bob, allow: VIEW, deny: READ_HISTORY }],
  });
  await say(listeners, "while open", hidden.id);
  await say(listeners, "no history", noHistory.id);
  // In memory it would be sent as it comes: only after a restart is it late.
  await listeners.restart(() => two.link.heal());
  await heard(two, "no history");
  assert.deepEqual(two.bodies, ["before", "while open", "no history"]);
});

for (const mood of ["hangs", "answers 500", "answers garbage", "drips"] as const) {
  Deno.test(`a server that ${mood} keeps no other waiting`, async () => {
    await using listeners = await startListeners(["sick.test", "well.test"]);
    const [sick, well] = listeners.peers as [RecordingPeer, RecordingPeer];
    await letIn(listeners, "@bob:sick.test");
    await letIn(listeners, "@cat:well.test");
    await say(listeners, "all is well");
    await heard(sick, "all is well");
    sick.mood = mood satisfies PeerMood;
    await say(listeners, "something is wrong");
    const failed = () => engineOf(listeners).held().some(({ health }) => health.failures > 0);
    await waitFor("the trouble", () => sick.underWay > 0 || failed());
    await say(listeners, "still here");
    await heard(well, "still here");
    assert.deepEqual(sick.bodies, ["all is well"]);
    if (mood === "hangs" || mood === "drips") assert.ok(sick.underWay > 0 && !failed());
    sick.mood = "well";
  });
}

Deno.test("heads: the newest event of each graph, control first, page by page", async () => {
  await using listeners = await startListeners(["two.test"]);
  const { owner, guildId } = listeners;
  const [two] = listeners.peers as [RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  await say(listeners, "before");
  await heard(two, "before");
  const outgoing = () => {
    const { outbound } = listeners.server().parts;
    assert.ok(outbound);
    return outbound.outgoing;
  };
  const from = outgoing().tip();
  await atRest(listeners);
  two.link.cut();
  const channels: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const made = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name,
      ...(name === "c" ? { entries: [{ target: "everyone", allow: "0", deny: VIEW }] } : {}),
    });
    channels.push(made.id);
    for (let n = 0; n < 3; n++) await say(listeners, `${name} ${n}`, made.id);
  }
  await say(listeners, "general");
  await listeners.restart();
  const range = { from, upTo: outgoing().tip(), limit: 2 };
  const server = "two.test" as ServerName;
  const read: unknown[] = [];
  for (let after: Mark | undefined, last = false; !last;) {
    const page = await outgoing().readHeads(server, { ...range, after });
    assert.ok(page.events.length <= 2 && (page.last || page.events.length > 0));
    for (const { pdu } of page.events) {
      const { type, content } = pdu as { type: string; content: { body?: string } };
      read.push(content.body ?? type);
    }
    after = page.events.at(-1)?.mark;
    last = page.last;
  }
  const [control, ...messages] = read;
  assert.match(String(control), /^m\.channel\./);
  assert.deepEqual(messages.toSorted(), ["a 2", "b 2", "general"]);
});

Deno.test("what was taken back is not sent any more, and what has arrived is not sent again", async () => {
  await using listeners = await startListeners(["two.test"]);
  const { guildId } = listeners;
  const [two] = listeners.peers as [RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  const takeBack = async (id: string) => {
    const { status, body } = await listeners.server().call("POST", "/redact", {
      token: listeners.owner.token,
      body: { room_id: guildId, channel_id: listeners.general, event_ids: [id] },
    });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const known = await say(listeners, "known");
  await heard(two, "known");
  await takeBack(known.id);
  await waitFor("the redaction", () => two.types.includes("m.redaction"));
  await atRest(listeners);
  two.link.cut();
  const unknown = await say(listeners, "never to be read");
  await takeBack(unknown.id);
  await listeners.restart(() => two.link.heal());
  await say(listeners, "after");
  await heard(two, "after");
  assert.deepEqual(two.bodies, ["known", "after"]);
  const cores = two.pdus.filter(({ type, content }) =>
    type === "m.room.message" && Object.keys(content).length === 0
  );
  assert.equal(cores.length, 1, "the event alone, so that the graph is whole");
  assert.equal(two.types.filter((type) => type === "m.redaction").length, 2);
});

Deno.test("of two processes one sends, and the other when that is gone", async () => {
  await using listeners = await startListeners(["two.test"]);
  const { guildId, general, owner } = listeners;
  const [two] = listeners.peers as [RecordingPeer];
  await letIn(listeners, "@bob:two.test");
  await say(listeners, "first");
  await heard(two, "first");
  const port = freePort();
  await using other = await startHomeserver({
    databaseUrl: listeners.server().databaseUrl,
    settings: {
      "server.name": "one.test",
      "server.public_url": `http://127.0.0.1:${port}`,
      "listen.port": String(port),
      "federation.test_peers": two.setting,
    },
  });
  const sayThere = async (body: string) => {
    const sent = await other.call("POST", `/rooms/${guildId}/send`, {
      token: owner.token,
      body: { channel_id: general, body },
    });
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
  };
  await say(listeners, "here");
  await sayThere("there");
  await heard(two, "there");
  assert.deepEqual(other.parts.outbound?.engine.held(), [], "the first process holds it");
  await atRest(listeners);
  await listeners.server().stop();
  await sayThere("alone");
  await waitFor("the heir", () => two.bodies.includes("alone"));
  assert.deepEqual(two.bodies, ["first", "here", "there", "alone"]);
});

Deno.test("a server that shares no room is trusted with a tenth of the requests", async () => {
  await using raw = new RawPeer("raw.test");
  await using federation = await startServers(1, {
    settings: { "federation.test_peers": raw.setting, "federation.requests_per_minute": "100" },
  });
  const [one] = federation.servers as [FederatedServer];
  const { owner, guildId } = await makeGuild(one, ["owner"]);
  const target = `/_federation/heads?room_id=${encodeURIComponent(guildId)}`;
  const allowed = async (tries: number) => {
    const begun = performance.now();
    let count = 0;
    for (let n = 0; n < tries; n++) {
      const { status } = await raw.send(one, await raw.sign(one, { method: "GET", target }));
      if (status !== 429) count++;
    }
    return { count, seconds: (performance.now() - begun) / 1000 };
  };
  const { count, seconds } = await allowed(30);
  // Ten a minute: a machine that takes its time lets one more through every six seconds.
  assert.ok(count >= 10 && count < 15 + seconds / 6, `${count} of 30 in ${seconds} s`);
  await letIn({ server: () => one, guildId, owner }, "@bob:raw.test");
  await waitFor(
    "it to be known",
    () => one.parts.outbound?.servers.knows("raw.test" as ServerName),
  );
  assert.equal((await allowed(30)).count, 30);
});
