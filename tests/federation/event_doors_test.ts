/** Events of a hostile server at the door of a real one: what is not in order never counts. */
import assert from "node:assert/strict";
import { getEvents, missingEvents } from "../../core/api/federation/events.ts";
import { type HeldEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { channelIdFromBytes } from "../../core/ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { holds } from "../../core/permissions/bits.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { mutatePdu } from "../vectors/mutate_pdu.ts";
import { waitFor } from "../harness/wait_for.ts";
import { forge, idOf, wire } from "./shadow_room.ts";
import type { Guest } from "./guest.ts";
import { makeRoom } from "./own_room.ts";
import { assertNotShown, giveRole, openSiege, type Siege, untilShown } from "./siege.ts";

let siege: Siege;
let guest: Guest;
Deno.test.beforeAll(async () => {
  siege = await openSiege();
  guest = await siege.enter();
});
Deno.test.afterAll(async () => await siege[Symbol.asyncDispose]());

/** A name for each test's words: what one says no other is looking for. */
const word = (text: string) => `${text} ${crypto.randomUUID()}`;

async function outcomeOf(...pdus: readonly (HeldEvent | JsonValue)[]): Promise<string[]> {
  return (await guest.push(pdus)).map(({ outcome }) => outcome);
}

Deno.test("an honest message of another server is shown: the control of everything here", async () => {
  const body = word("hello");
  const said = await guest.say(siege.general, body);
  assert.deepEqual(await outcomeOf(said), ["accepted"]);
  guest.room.learn(said);
  await untilShown(siege, body);
});

Deno.test("A1 unbounded event or side field: too large, too deep, too many values, fields that are none", async () => {
  const big = await guest.say(siege.general, word("big"));
  const key = { [guest.peer.name]: guest.peer.signer };
  const loose = async (content: unknown, fields: Record<string, unknown> = {}) =>
    await forge(big.pdu, { content, ...fields }, key).catch(() => ({ ...big.pdu, content }));
  const nested = JSON.parse("[".repeat(15) + "]".repeat(15));
  const outcomes = await outcomeOf(
    await loose({ msgtype: "text", body: "x".repeat(66_000) }) as JsonValue,
    await loose({ msgtype: "text", body: "x", extra: Array(4200).fill(0) }) as JsonValue,
    await loose({ msgtype: "text", body: "x", extra: [nested] }) as JsonValue,
    await loose(big.pdu.content, { unsigned: { age: 1, big: "x".repeat(1000) } }) as JsonValue,
    await loose(big.pdu.content, { invite_room_state: [] }) as JsonValue,
  );
  assert.deepEqual(new Set(outcomes), new Set(["dropped"]));
});

Deno.test("A2 parent fan-in: more than twenty parents, or ten state refs, are no event", async () => {
  const { pdu } = await guest.say(siege.general, word("fan"));
  const key = { [guest.peer.name]: guest.peer.signer };
  const ids = (count: number) =>
    Array.from({ length: count }, () => eventIdFromHash(crypto.getRandomValues(new Uint8Array(32))))
      .sort();
  assert.deepEqual(
    await outcomeOf(
      await forge(pdu, { prev_events: ids(21) }, key),
      await forge(pdu, { state_refs: ids(11) }, key),
    ),
    ["dropped", "dropped"],
  );
});

Deno.test("A4 JSON numbers: what is no integer in range never comes in, TestJson, big ints", async () => {
  const { pdu } = await guest.say(siege.general, word("numbers"));
  const text = JSON.stringify(pdu);
  for (const number of ["1e2", "1.0", "-0", "9007199254740993", "1E400", "0.5"]) {
    const bytes = new TextEncoder().encode(
      `{"edus":[],"keys":[],"origin":"evil.test","pdus":[${
        text.replace(/"origin_ts":\d+/, `"origin_ts":${number}`)
      }]}`,
    );
    const reply = await guest.peer.send(siege.victim.url, siege.victim.name, {
      target: `/_federation/send/${crypto.randomUUID()}`,
      body: bytes,
    });
    const outcome = reply.status === 200 ? reply.body.results[0].outcome : "refused";
    assert(outcome === "refused" || outcome === "dropped", `${number}: ${outcome}`);
  }
});

Deno.test("A6 path room is not body room: an event counts for its own room alone", async () => {
  const other = await makeRoom(guest.peer, guest.user);
  const body = word("elsewhere");
  const message = await guest.say(siege.general, body, { roomId: other.roomId });
  assert.deepEqual(await outcomeOf(message), ["dropped"]);
  await assertNotShown(siege, body);
});

Deno.test("A7 auth events of another room: Events whose auth_events are in the wrong room do not mess up the room state", async () => {
  const other = await makeRoom(guest.peer, guest.user);
  const foreign = await guest.make({
    type: "m.guild.meta",
    stateKey: "",
    content: { name: "taken over" },
    auth: selectAuthEvents(
      { type: "m.guild.meta", sender: guest.user, content: {}, state_key: "" },
      other.stateAfter(other.heads()),
    ),
  });
  // What it cites is not held here, so it waits; once the foreign events are sent, they are of a
  // room that is not held.
  const outcomes = await outcomeOf(...other.control(), foreign);
  assert(
    outcomes.every((outcome) => outcome === "dropped" || outcome === "waiting"),
    `${outcomes}`,
  );
  assert.notEqual((await siege.state("m.guild.meta", ""))?.["name"], "taken over");
});

Deno.test("A9, A13 rights are read in one way: who has no role changes no state, also by citing no roles table", async () => {
  const drafts = [
    { type: "m.guild.owner", stateKey: "", content: { user: guest.user } },
    { type: "m.guild.meta", stateKey: "", content: { name: "mine" } },
    { type: "m.guild.member_roles", stateKey: guest.user, content: { roles: [] } },
    {
      type: "m.guild.roles",
      stateKey: "",
      content: { everyone: "1ffffffff", roles: {} },
    },
    { type: "m.room.member", stateKey: siege.owner.id, content: { membership: "ban" } },
    { type: "m.unknown.state", stateKey: "", content: {} },
  ];
  const before = JSON.stringify(await siege.state("m.guild.roles", ""));
  for (const draft of drafts) {
    const honest = await guest.make(draft);
    const auth = "auth_events" in honest.pdu ? honest.pdu.auth_events : [];
    const without = auth.filter((id) => guest.room.events.get(id)?.pdu.type !== "m.guild.roles");
    const blind = await guest.make({ ...draft, auth: without });
    const alone = await guest.make({ ...draft, auth: auth.slice(0, 1) });
    const outcomes = await outcomeOf(honest, blind, alone);
    // To give up roles that one has not is no act at all, and allowed.
    const first = draft.type === "m.guild.member_roles" ? "accepted" : "rejected";
    assert.deepEqual(outcomes, [first, "rejected", "rejected"], draft.type);
    if (outcomes[0] === "accepted") guest.room.learn(honest);
  }
  assert.equal(JSON.stringify(await siege.state("m.guild.roles", "")), before);
});

Deno.test("A10 rejected event re-enters: TestInboundFederationRejectsEventsWithRejectedAuthEvents, TestUnrejectRejectedEvents", async () => {
  const grab = await guest.make({
    type: "m.guild.member_roles",
    stateKey: guest.user,
    content: { roles: ["zzz"] },
  });
  assert.deepEqual(await outcomeOf(grab), ["rejected"]);
  const onTop = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "on top" },
    prev: [grab.id],
    auth: [grab.id],
  });
  const below = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "below" },
    prev: [onTop.id],
    auth: [grab.id],
  });
  assert.deepEqual(await outcomeOf(onTop, grab, below), ["rejected", "rejected", "rejected"]);
  const { body } = await guest.peer.call(siege.victim, getEvents, {
    room_id: siege.roomId,
    event_ids: [grab.id, onTop.id],
  });
  assert.deepEqual(body.pdus, [], "what was rejected is never given away");
});

Deno.test("A29 redaction: of others, of another channel, of itself, in a circle, of the create event: ignored", async () => {
  const body = word("stays");
  const sent = await siege.owner.do("POST", `/rooms/${siege.roomId}/send`, {
    channel_id: siege.general,
    body,
  });
  const elsewhere = await siege.owner.do("POST", "/channels", {
    guild_id: siege.roomId,
    kind: "text",
    name: "elsewhere",
  });
  await guest.readControl();
  const create = guest.room.control()[0]?.id as EventId;
  const redact = (redacts: readonly EventId[], channelId = siege.general) =>
    guest.make({ type: "m.redaction", channelId, content: { redacts } });
  const mine = await guest.say(siege.general, word("mine"));
  const crossed = await redact([mine.id], elsewhere.id);
  const outcomes = await outcomeOf(
    mine,
    await redact([sent.id, create]),
    crossed,
    await redact([crossed.id]),
  );
  assert.deepEqual(outcomes, ["accepted", "accepted", "accepted", "accepted"]);
  await untilShown(siege, body);
  await untilShown(siege, String(mine.pdu.content["body"]));
  assert.equal(await siege.stored(create), "accepted");
  assert(await siege.state("m.room.create", "") !== undefined);
});

Deno.test("A15 extremity bomb: fifty forks of one event leave the room in one piece", async () => {
  const prev = guest.room.heads();
  const forks: HeldEvent[] = [];
  for (let at = 0; at < 50; at++) {
    forks.push(
      await guest.make({
        type: "m.member.profile",
        stateKey: guest.user,
        content: { nickname: `fork ${at}` },
        prev,
      }),
    );
  }
  const outcomes = await outcomeOf(...forks);
  assert(outcomes.every((outcome) => outcome === "accepted" || outcome === "soft_failed"));
  for (const [at, fork] of forks.entries()) if (outcomes[at] === "accepted") guest.room.learn(fork);
  await siege.owner.do("PATCH", `/guilds/${siege.roomId}`, { name: "Still ours" });
  assert.equal((await siege.state("m.guild.meta", ""))?.["name"], "Still ours");
  // What is said in a channel that came after the bomb stands on a state that knows the channel:
  // with more ends than an event can cite, some of them are joined first.
  const channel = await siege.owner.do("POST", "/channels", {
    guild_id: siege.roomId,
    kind: "text",
    name: "after-the-bomb",
  });
  await siege.owner.do("POST", `/rooms/${siege.roomId}/send`, {
    channel_id: channel.id,
    body: word("after the bomb"),
  });
  await guest.readControl();
  const [said] = await guest.readChannel(channel.id);
  assert(said !== undefined && isTimelineEvent(said));
  const authority = guest.room.authority(said.pdu.state_refs);
  const owner = siege.owner.id as UserId;
  assert(holds(authority.rights(owner, channel.id, said.pdu.origin_ts), "SEND"));
});

Deno.test("A21 poison event: state refs that are no control events, a cited message, a page of rejected events", async () => {
  const message = await guest.say(siege.general, word("cited"));
  assert.deepEqual(await outcomeOf(message), ["accepted"]);
  guest.room.learn(message);
  const poison = await guest.say(siege.general, word("poison"), { refs: [message.id] });
  const control = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "p" },
    prev: [message.id],
    auth: guest.room.heads().slice(0, 1),
  });
  const [first, second] = await outcomeOf(poison, control);
  assert.deepEqual([first, second], ["rejected", "rejected"]);
  const rejected: HeldEvent[] = [];
  for (let at = 0; at < 50; at++) {
    rejected.push(await guest.say(siege.general, word("page"), { refs: [message.id] }));
  }
  assert.deepEqual(new Set(await outcomeOf(...rejected)), new Set(["rejected"]));
  const body = word("after the page");
  const after = await guest.say(siege.general, body);
  assert.deepEqual(await outcomeOf(after), ["accepted"]);
  guest.room.learn(after);
  await untilShown(siege, body);
  assert((await guest.readChannel(siege.general)).length > 1, "backfill goes past them");
});

Deno.test("TestFederationRedactSendsWithoutEvent: a redaction that comes before its target covers it when it comes", async () => {
  const body = word("taken back");
  const target = await guest.say(siege.general, body);
  const redaction = await guest.make({
    type: "m.redaction",
    channelId: siege.general,
    content: { redacts: [target.id] },
  });
  assert.deepEqual(await outcomeOf(redaction), ["accepted"]);
  assert.deepEqual(await outcomeOf(target), ["accepted"]);
  const { sql } = siege.server.parts.database;
  const [row] = await sql<{ pdu: string }[]>`
    select pdu from events where room_id = ${siege.roomId} and event_id = ${target.id}`;
  assert(row !== undefined && !row.pdu.includes(body), "nothing of the words is kept");
  await assertNotShown(siege, body);
});

Deno.test("a signature that is none, of another key, of another server: dropped, and the good copy still counts", async () => {
  const body = word("signed");
  const good = await guest.say(siege.general, body);
  const [[name, value]] = Object.entries(good.pdu.signatures[guest.peer.name] ?? {}) as [
    [string, string],
  ];
  const wrong = (value[0] === "A" ? "B" : "A") + value.slice(1);
  const bad = { ...wire(good) as object, signatures: { [guest.peer.name]: { [name]: wrong } } };
  const none = { ...wire(good) as object, signatures: {} };
  const outcomes = await outcomeOf(bad as JsonValue, none as JsonValue);
  assert(outcomes.every((outcome) => outcome === "dropped"), `${outcomes}`);
  assert.deepEqual(await outcomeOf(good), ["accepted"]);
  guest.room.learn(good);
  await untilShown(siege, body);
});

Deno.test("A32 re-interpretation of signed data: an altered content is never shown, and the true one is when it comes", async () => {
  const body = word("true words");
  const lie = word("a lie");
  const event = await guest.say(siege.general, body);
  const altered = { ...wire(event) as object, content: { msgtype: "text", body: lie } };
  await outcomeOf(altered as JsonValue);
  await assertNotShown(siege, lie);
  await outcomeOf(event);
  guest.room.learn(event);
  await untilShown(siege, body);
  await assertNotShown(siege, lie);
});

Deno.test("future dating and backdating: an event of tomorrow is not shown, one of a member who was not there yet neither", async () => {
  const tomorrow = word("tomorrow");
  const early = word("before I came");
  const outcomes = await outcomeOf(
    await guest.say(siege.general, tomorrow, { ts: Date.now() + 10 * 60_000 }),
    await guest.say(siege.general, early, {
      ts: Date.now() - 3_600_000,
      refs: [guest.room.control()[3]?.id as EventId],
    }),
  );
  assert.deepEqual(outcomes, ["soft_failed", "rejected"]);
  await assertNotShown(siege, tomorrow);
  await assertNotShown(siege, early);
});

Deno.test("TestOutboundFederationIgnoresMissingEventWithBadJSONForRoomVersion6, TestCorruptedAuthChain: what is fetched goes through the same stages; a broken ancestor never comes in", async () => {
  const base = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "ancestor" },
  });
  guest.room.learn(base);
  const child = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "child" },
  });
  const broken = { ...wire(base) as object, origin_ts: "now" } as JsonValue;
  let answer: JsonValue = { pdus: [broken, null, 5], keys: [] };
  for (const path of [getEvents.path, missingEvents.path]) {
    guest.peer.answers.set(path, () => answer);
  }
  assert.deepEqual(await outcomeOf(child), ["waiting"]);
  await waitFor(
    "the server to ask for the ancestor",
    () => guest.peer.asked.some(({ target }) => target === getEvents.path),
  );
  assert.equal(await siege.stored(base.id), undefined);
  // TestGetMissingEventsGapFilling: once the ancestor can be had, both count.
  answer = { pdus: [wire(base)], keys: [] };
  await waitFor("the gap to be filled", async () => await siege.stored(child.id) === "accepted");
  assert.equal(await siege.stored(base.id), "accepted");
  guest.room.learn(child);
});

Deno.test("Federation rejects inbound events where the prev_events cannot be found: they wait within bounds and delay nobody", async () => {
  const nowhere = eventIdFromHash(crypto.getRandomValues(new Uint8Array(32)));
  const orphan = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "orphan" },
    prev: [nowhere],
    auth: [nowhere],
  });
  const body = word("not delayed");
  const message = await guest.say(siege.general, body);
  assert.deepEqual(await outcomeOf(orphan, message), ["waiting", "accepted"]);
  guest.room.learn(message);
  await untilShown(siege, body);
});

Deno.test("Inbound federation correctly soft fails events: what a kicked user says on an old branch is not shown, and not an end", async () => {
  const other = await siege.enter("trudy");
  await siege.owner.do(
    "DELETE",
    `/guilds/${siege.roomId}/members/${encodeURIComponent(other.user)}`,
    {},
  );
  const body = word("from an old branch");
  const [result] = await other.push([await other.say(siege.general, body)]);
  assert.equal(result?.outcome, "soft_failed");
  await assertNotShown(siege, body);
  const { sql } = siege.server.parts.database;
  const heads = await sql<{ event_ids: string[] }[]>`
    select event_ids from graph_heads where room_id = ${siege.roomId}`;
  assert(!heads.some(({ event_ids: ids }) => ids.includes(result.event_id as string)));
  await guest.readControl();
});

Deno.test("A11 state reset: a moderator's acts on a branch from before the roles were taken change nothing", async () => {
  const rogue = await siege.enter("rogue");
  await giveRole(siege, rogue.user, ["MANAGE_GUILD", "KICK", "MANAGE_ROLES"]);
  await rogue.readControl();
  const trusted = rogue.room.heads();
  await siege.owner.do(
    "PATCH",
    `/guilds/${siege.roomId}/members/${encodeURIComponent(rogue.user)}`,
    { roles: [] },
  );
  const before = await siege.state("m.guild.meta", "");
  const results = await rogue.push([
    await rogue.make({
      type: "m.guild.meta",
      stateKey: "",
      content: { name: "reset" },
      prev: trusted,
      ts: Date.now() - 1000,
    }),
    await rogue.make({
      type: "m.room.member",
      stateKey: siege.members[0]?.id as string,
      content: { membership: "leave" },
      prev: trusted,
      ts: Date.now() - 1000,
    }),
  ]);
  assert.deepEqual(results.map(({ outcome }) => outcome), ["soft_failed", "soft_failed"]);
  assert.deepEqual(await siege.state("m.guild.meta", ""), before);
  const ann = await siege.state("m.room.member", siege.members[0]?.id as string);
  assert.equal(ann?.["membership"], "join");
  await guest.readControl();
});

Deno.test("A12 room id collision: a create event makes the room of its own hash and no other", async () => {
  const fresh = await makeRoom(guest.peer, guest.user);
  const create = fresh.control()[0] as HeldEvent;
  const posing = { ...wire(create) as object, room_id: siege.roomId } as JsonValue;
  const outcomes = await outcomeOf(posing, create);
  assert(outcomes.every((outcome) => outcome === "dropped"), `${outcomes}`);
  assert.notEqual(idOf(posing), idOf(wire(create)));
});

Deno.test("G9 at the send door: 300 mutants of a valid event: none accepted as another, none breaks the door", async () => {
  const event = await guest.say(siege.general, word("mutant"));
  const text = JSON.stringify(event.pdu);
  let judged = 0;
  for (let at = 0; at < 300; at++) {
    const { bytes, name } = mutatePdu(text, guest.peer.rng);
    const head = new TextEncoder().encode('{"edus":[],"keys":[],"origin":"evil.test","pdus":[');
    const body = new Uint8Array([...head, ...bytes, 0x5d, 0x7d]);
    const reply = await guest.peer.send(siege.victim.url, siege.victim.name, {
      target: `/_federation/send/${crypto.randomUUID()}`,
      body,
    });
    assert(reply.status === 200 || (reply.status >= 400 && reply.status < 500), `${name}`);
    if (reply.status !== 200) continue;
    judged++;
    for (const result of reply.body.results) {
      if (result.outcome !== "accepted") continue;
      assert.equal(result.event_id, event.id, `${name} is accepted as another event`);
    }
  }
  assert(judged > 50, `only ${judged} came to be judged`);
});

Deno.test("an event of a channel that is none, or of another room's channel: rejected", async () => {
  const nowhere = channelIdFromBytes(crypto.getRandomValues(new Uint8Array(16)));
  assert.deepEqual(await outcomeOf(await guest.say(nowhere, word("nowhere"))), ["rejected"]);
});
