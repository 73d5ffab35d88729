import assert from "node:assert/strict";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { limits } from "../../core/limits.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { openTestDatabase } from "../harness/database.ts";
import { waitFor } from "../harness/wait_for.ts";
import { ManualClock } from "../harness/parts.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { Peers } from "./peer.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { nameOf, TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const three = testServer("three.example", 3);
const ann = person("ann", one);
const bob = person("bob", two);
const cat = person("cat", three);

interface Opened {
  readonly room: RemoteRoom;
  readonly receiver: Receiver;
  readonly clock: ManualClock;
  readonly peers: Peers;
  readonly keys: TestKeys;
}

async function opened(keys = new TestKeys(one, two, three)): Promise<Opened> {
  const room = await RemoteRoom.guild([one, two, three], { owner: ann, members: [bob, cat] });
  const clock = new ManualClock(TEST_TS + 10_000_000);
  const peers = new Peers();
  const receiver = await openReceiver({ keys, clock, transport: peers });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  return { room, receiver, clock, peers, keys };
}

async function send(receiver: Receiver, origin: ServerName, events: readonly HeldEvent[]) {
  const pdus: JsonValue[] = events.map(pduOf);
  const results = await receiver.ingest.ingest({ door: "send", origin, pdus });
  return results.map(({ outcome }) => outcome);
}

/** Time passes until the event has this outcome. */
async function until(opened: Opened, event: HeldEvent, outcome: string): Promise<void> {
  await waitFor(`${event.pdu.type} to be ${outcome}`, async () => {
    opened.clock.advance(1000);
    const outcomes = await opened.receiver.outcomes(opened.room.roomId);
    return outcomes.get(event.id) === outcome ? true : undefined;
  });
}

async function waitingCount({ receiver }: Pick<Opened, "receiver">): Promise<number> {
  const [row] = await receiver.sql<{ count: number }[]>`
    select count(*)::int as count from waiting_events`;
  return row?.count ?? 0;
}

/** Control events one after another that the receiver has not got. */
async function chain(room: RemoteRoom, count: number): Promise<HeldEvent[]> {
  const events: HeldEvent[] = [];
  for (let at = 0; at < count; at++) {
    events.push(
      await room.control({
        type: "m.guild.meta",
        sender: ann,
        stateKey: "",
        content: { name: `${at}` },
      }),
    );
  }
  return events;
}

Deno.test("a missing chain of control events is fetched, and delays its descendants alone", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room, peers } = at;
  const before = room.heads;
  const missing = await chain(room, 30);
  const late = await room.message({ sender: bob, body: "late", prev: [] });
  const early = await room.message({ sender: cat, body: "early", prev: [], refs: before });
  assert.deepEqual(await send(receiver, two.name, [late, early]), ["waiting", "accepted"]);
  peers.give(two.name, room.events.values());
  await until(at, late, "accepted");
  const outcomes = await receiver.outcomes(room.roomId);
  for (const { id } of missing) assert.equal(outcomes.get(id), "accepted");
  assert.equal(await waitingCount(at), 0);
  const held = await receiver.rooms.open(room.roomId);
  assert.deepEqual(held?.tip.heads, room.heads);
});

Deno.test("where its origin is away another server of the room is asked", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room, peers } = at;
  await chain(room, 3);
  const late = await room.message({ sender: bob, prev: [] });
  assert.deepEqual(await send(receiver, two.name, [late]), ["waiting"]);
  peers.give(three.name, room.events.values());
  await until(at, late, "accepted");
  assert.equal(peers.asked[0]?.to, two.name, "the one who handed it in comes first");
});

Deno.test("a key entry that is not held is waited for, and a forged copy never stands in the way", async () => {
  const keys = new TestKeys(one, two);
  const at = await opened(keys);
  await using receiver = at.receiver;
  const { room } = at;
  // The founding names three.example too: its join waits for the key.
  assert.equal(await waitingCount(at), 1);
  keys.away.set(nameOf(three), three.entry);
  const join = [...room.events.values()].find(({ pdu }) => pdu.state_key === cat);
  assert(join !== undefined);
  await until(at, join, "accepted");
  // A copy whose signature is another's: its key is held, so it is dropped; the good one is not.
  const hello = await room.message({ sender: cat, prev: [] });
  const pdu = pduOf(hello) as { signatures: Record<string, Record<string, string>> };
  const [name = ""] = Object.keys(pdu.signatures[three.name] ?? {});
  const forged = { ...pdu, signatures: { [three.name]: { [name]: "A".repeat(86) } } };
  const results = await receiver.ingest.ingest({
    door: "send",
    origin: two.name,
    pdus: [forged as unknown as JsonValue, pduOf(hello)],
  });
  assert.deepEqual(results.map(({ outcome }) => outcome), ["dropped", "accepted"]);
});

Deno.test("a copy with an unknown key waits beside the good one, which is judged at once", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room, clock } = at;
  await chain(room, 1);
  const hello = await room.message({ sender: cat, prev: [], refs: [room.create.id] });
  const pdu = pduOf(hello) as { signatures: Record<string, Record<string, string>> };
  const other = testServer("three.example", 44);
  const forged = {
    ...pdu,
    signatures: { [three.name]: { [`ed25519:${other.signer.keyId}`]: "A".repeat(86) } },
  } as unknown as JsonValue;
  const first = await receiver.ingest.ingest({ door: "send", origin: two.name, pdus: [forged] });
  assert.equal(first[0]?.outcome, "waiting");
  // The state of its ref has neither channel nor member: judged, not waited for.
  assert.deepEqual(await send(receiver, three.name, [hello]), ["rejected"]);
  assert.equal(await waitingCount(at), 0, "what is judged waits no more, in any copy");
  const again = await receiver.ingest.ingest({ door: "send", origin: two.name, pdus: [forged] });
  assert.equal(again[0]?.outcome, "waiting");
  // A try for the key of the first copy may be under way: it keeps that one, and takes it away.
  await waitFor(
    "a copy that comes after the judgement to go",
    async () => await waitingCount(at) === 0,
  );
  clock.advance(60_000);
});

Deno.test("waiting survives a restart, and is bounded for each server", async () => {
  const room = await RemoteRoom.guild([one, two, three], { owner: ann, members: [bob, cat] });
  const clock = new ManualClock(TEST_TS + 10_000_000);
  await using database = await openTestDatabase("postgres");
  const keys = new TestKeys(one, two, three);
  await chain(room, 1);
  const late = await room.message({ sender: bob, prev: [] });
  {
    await using receiver = await openReceiver({ keys, clock, database });
    const held = [...room.events.values()].slice(0, -1).map(pduOf);
    const { roomId } = room;
    await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus: held });
    assert.deepEqual(await send(receiver, two.name, [late]), ["waiting"]);
    const most = limits.federation.maxWaitingPerOrigin;
    await receiver.sql`
      insert into waiting_events (room_id, event_id, origin, door, received_ts, pdu, missing,
        missing_keys, attempts, due_ts)
      select '!r', '$' || n, ${two.name}, 'send', 1, '{}', '{}', '{}', 0, ${2 ** 50}::bigint
      from generate_series(1, ${most - 1}) as n`;
    const more = await room.message({ sender: bob, prev: [] });
    assert.deepEqual(await send(receiver, two.name, [more]), ["dropped"], "two is full");
    const others = await room.message({ sender: cat, prev: [] });
    assert.deepEqual(await send(receiver, three.name, [others]), ["waiting"], "three is not");
    await receiver.sql`delete from waiting_events where room_id = '!r'`;
  }
  const peers = new Peers();
  peers.give(two.name, room.events.values());
  await using receiver = await openReceiver({ keys, clock, database, transport: peers });
  await until({ room, receiver, clock, peers, keys }, late, "accepted");
});

Deno.test("A24: when all is full of a few servers' events, another's still find room", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room } = at;
  await chain(room, 1);
  const { maxWaiting, maxWaitingPerOrigin } = limits.federation;
  await receiver.sql`
    insert into waiting_events (room_id, event_id, origin, door, received_ts, pdu, missing,
      missing_keys, attempts, due_ts)
    select '!r', '$' || n, 'evil' || n / ${maxWaitingPerOrigin}::int || '.example', 'send', n,
      '{}', '{}', '{}', n % 100, ${2 ** 50}::bigint
    from generate_series(0, ${maxWaiting - 1}) as n`;
  const late = await room.message({ sender: bob, prev: [] });
  assert.deepEqual(await send(receiver, two.name, [late]), ["waiting"]);
  assert.equal(await waitingCount(at), maxWaiting, "it takes the place of another");
  const [gone] = await receiver.sql<{ attempts: number }[]>`
    select max(attempts) as attempts from waiting_events
    where origin = 'evil0.example' group by origin
    having count(*) < ${maxWaitingPerOrigin}`;
  assert(gone !== undefined, "of whoever fills most");
});

Deno.test("what nobody has is given up in the end, and told to administrators", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room } = at;
  await chain(room, 1);
  const late = await room.message({ sender: bob, prev: [] });
  assert.deepEqual(await send(receiver, two.name, [late]), ["waiting"]);
  await receiver.sql`update waiting_events set attempts = 219`;
  await waitFor("it to be given up", async () => {
    at.clock.advance(10_000);
    return await waitingCount(at) === 0 ? true : undefined;
  });
  assert.equal((await receiver.outcomes(room.roomId)).get(late.id), undefined);
});

Deno.test("a content that fails its hash is never shown, and comes from its origin", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room, peers } = at;
  const hello = await room.message({ sender: bob, body: "the very words", prev: [] });
  const altered = { ...pduOf(hello) as object, content: { msgtype: "text", body: "others" } };
  const results = await receiver.ingest.ingest({
    door: "send",
    origin: three.name,
    pdus: [altered as JsonValue],
  });
  assert.equal(results[0]?.outcome, "accepted", "the core is what is signed");
  const body = async () => {
    const [row] = await receiver.sql<{ pdu: string; withheld: boolean }[]>`
      select pdu, withheld from events where event_id = ${hello.id}`;
    return row;
  };
  assert.equal((await body())?.withheld, true);
  assert(!(await body())?.pdu.includes("others"));
  // Another server gives the same lie; the origin has the truth.
  peers.give(three.name, [hello]);
  peers.alter(three.name, hello.id, altered as JsonValue);
  peers.give(two.name, [hello]);
  await waitFor("the content", async () => {
    at.clock.advance(5000);
    return (await body())?.withheld === false ? true : undefined;
  });
  assert((await body())?.pdu.includes("the very words"));
});

Deno.test("an event that a fault of ours keeps from being judged is judged later, and delays no other", async () => {
  const made = await opened();
  const { room, receiver, keys } = made;
  await using _receiver = receiver;
  const first = await room.message({ sender: ann, body: "first" });
  const second = await room.message({ sender: bob, body: "second" });
  keys.faults = 1;
  assert.deepEqual(await send(receiver, one.name, [first, second]), ["waiting", "accepted"]);
  await until(made, first, "accepted");
  await waitFor("nothing to wait", async () => await waitingCount(made) === 0 ? true : undefined);
});

Deno.test("what this server itself has said is taken back from another", async () => {
  const here = testServer("here.example", 77);
  const eva = person("eva", here);
  const room = await RemoteRoom.guild([one, here], { owner: ann, members: [eva] });
  const clock = new ManualClock(TEST_TS + 10_000_000);
  await using receiver = await openReceiver({
    keys: new TestKeys(one, here),
    clock,
    barred: new Map([[here.name, "it is this server itself"]]),
  });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  const lost = await room.message({ sender: eva, body: "said before a restore" });
  assert.deepEqual(await send(receiver, one.name, [lost]), ["accepted"]);
});

Deno.test("Forward extremities remain so even after the next events are populated as outliers: what waits is no end yet", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room, peers } = at;
  const ends = async () => {
    const [row] = await receiver.sql<{ event_ids: string[] }[]>`
      select event_ids from graph_heads
      where room_id = ${room.roomId} and channel_id = ${room.channel}`;
    return row?.event_ids;
  };
  const first = await room.message({ sender: bob, body: "first", prev: [] });
  assert.deepEqual(await send(receiver, two.name, [first]), ["accepted"]);
  const held = await receiver.rooms.open(room.roomId);
  const heads = held?.tip.heads;
  const [gap, child] = await chain(room, 2) as [HeldEvent, HeldEvent];
  const next = await room.message({ sender: bob, body: "next", prev: [first.id] });
  assert.deepEqual(await send(receiver, two.name, [child, next]), ["waiting", "waiting"]);
  assert.deepEqual(await ends(), [first.id]);
  assert.deepEqual(held?.tip.heads, heads);
  peers.give(two.name, [gap]);
  await until(at, next, "accepted");
  assert.deepEqual(await ends(), [next.id]);
  assert.deepEqual(held?.tip.heads, [child.id]);
});

Deno.test("outliers whose auth_events are in a different room are correctly rejected: fetched, they never count, nor what stands on them", async () => {
  const at = await opened();
  await using receiver = at.receiver;
  const { room, peers } = at;
  const servers = [one, two, three];
  const other = await RemoteRoom.guild(servers, { owner: bob, members: [], ts: TEST_TS + 1 });
  assert.notEqual(other.roomId, room.roomId);
  const { roomId, pdus } = other;
  await receiver.ingest.ingest({ door: "join", origin: two.name, roomId, pdus });
  // Its sender owns the other room, and here nothing.
  const shape = { type: "m.guild.meta", sender: bob, state_key: "", content: { name: "taken" } };
  const outlier = await room.control({
    ...shape,
    stateKey: "",
    auth: selectAuthEvents(shape, other.stateAfter(other.heads)),
  });
  const child = await room.message({ sender: bob, body: "on it", prev: [] });
  assert.deepEqual(await send(receiver, two.name, [child]), ["waiting"]);
  peers.give(two.name, [...room.events.values(), ...other.events.values()]);
  await waitFor("it to be asked for and looked at several times", () => {
    at.clock.advance(10_000);
    return Promise.resolve(peers.asked.length > 6 ? true : undefined);
  });
  const told = await receiver.outcomes(room.roomId);
  for (const { id } of [outlier, child]) assert.notEqual(told.get(id), "accepted");
  const held = await receiver.rooms.open(room.roomId);
  assert.equal(held?.authority.view.get("m.guild.meta", ""), undefined);
});
