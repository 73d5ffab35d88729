import assert from "node:assert/strict";
import type { ControlEvent, HeldEvent } from "../../core/event/event.ts";
import { bitsOf, DEFAULT_EVERYONE_BITS, formatBits } from "../../core/permissions/bits.ts";
import { limits } from "../../core/limits.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { waitFor } from "../harness/wait_for.ts";
import { heldOf } from "../../server/rooms/load_room.ts";
import { loadEvents } from "../../server/postgres/event_store.ts";
import { openReceiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const here = testServer("here.example", 77);
const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const bob = person("bob", two);
const dan = person("dan", here);

async function opened() {
  const everyone = formatBits(DEFAULT_EVERYONE_BITS | bitsOf("MANAGE_GUILD"));
  const room = await RemoteRoom.guild([one, two, here], {
    owner: ann,
    members: [bob, dan],
    everyone,
  });
  const clock = new ManualClock(TEST_TS + 10_000_000);
  const keys = new TestKeys(one, two, here);
  const receiver = await openReceiver({ keys, clock });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  const held = await receiver.rooms.open(roomId);
  assert(held !== undefined);
  /** Concurrent changes of the other servers, each a head of its own. */
  const fork = async (count: number, heads = room.heads) => {
    const events: ControlEvent[] = [];
    for (let at = 0; at < count; at++) {
      events.push(
        await room.control({
          type: "m.member.profile",
          sender: bob,
          stateKey: bob,
          content: { nickname: `b${at}` },
          prev: heads,
        }),
      );
    }
    const sent = { door: "send", origin: two.name, pdus: events.map(pduOf) } as const;
    for (const { outcome } of await receiver.ingest.ingest(sent)) assert.equal(outcome, "accepted");
  };
  return { room, receiver, clock, held, keys, fork };
}

Deno.test("more than ten heads are joined soon, two after a while, by one of this server's members", async () => {
  const { receiver, clock, held, fork } = await opened();
  await using _receiver = receiver;
  for (const [count, patienceMs] of [[12, 200_000], [2, 400_000]] as const) {
    await fork(count);
    assert(held.tip.heads.length >= count);
    const sinceMs = clock.now();
    await waitFor("the heads to be joined", () => {
      clock.advance(1000);
      return Promise.resolve(held.tip.heads.length === 1 ? true : undefined);
    });
    assert(clock.now() - sinceMs < patienceMs);
    const [merge] = await loadEvents(receiver.sql, held.id, held.tip.heads);
    assert.equal(merge?.type, "m.merge");
    assert.equal(merge?.sender, dan);
  }
});

Deno.test("with more heads than an event can name, what is made here is accepted by others", async () => {
  const { room, receiver, held, keys, fork } = await opened();
  await using _receiver = receiver;
  await fork(25);
  const [made] = await held.changeControl(() => ({
    intents: [{
      type: "m.member.profile",
      sender: dan,
      stateKey: dan,
      content: { nickname: "Dan" },
    }],
  }));
  assert.equal(made?.pdu.prev_events.length, limits.event.maxPrevEvents);
  assert.equal(held.tip.heads.length, 6);
  assert.equal(held.tip.state.get("m.member.profile", dan)?.id, made?.id);
  const rows = await receiver.sql<{ event_id: string }[]>`
    select event_id from current_state where room_id = ${held.id} and event_id is not null`;
  assert.deepEqual(
    new Set(rows.map((row) => row.event_id)),
    new Set([...held.tip.state.events()].map(({ id }) => id as string)),
  );
  await using other = await openReceiver({ keys, name: testServer("other.example", 5).name });
  const results = await other.ingest.ingest({
    door: "join",
    origin: one.name,
    roomId: room.roomId,
    pdus: [...room.pdus, pduOf(made as ControlEvent)],
  });
  assert.equal(results.at(-1)?.outcome, "accepted");
  const there = await other.rooms.open(room.roomId);
  assert.deepEqual(
    [...there?.tip.state.events() ?? []].map(({ id }) => id).sort(),
    [...held.tip.state.events()].map(({ id }) => id).sort(),
  );
});

Deno.test("A15: forks from before somebody joined keep nothing that is made here from others", async () => {
  const { room, receiver, held, keys, fork } = await opened();
  await using _receiver = receiver;
  const events = [...room.events.values()];
  const joined = events.findIndex(({ pdu }) => "state_key" in pdu && pdu.state_key === dan);
  const before = events[joined - 1];
  assert(before !== undefined);
  await fork(45, [before.id]);
  const made: HeldEvent[] = [];
  for (const nickname of ["first", "second", "third"]) {
    const { event } = await held.sendTimeline({
      type: "m.room.message",
      sender: dan,
      channelId: room.channel,
      content: { msgtype: "text", body: nickname },
    });
    made.push(event);
    made.push(
      ...await held.changeControl(() => ({
        intents: [{
          type: "m.member.profile",
          sender: dan,
          stateKey: dan,
          content: { nickname },
        }],
      })),
    );
  }
  const { pdus, roomId } = room;
  await using other = await openReceiver({ keys, name: testServer("other.example", 5).name });
  await other.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  const results = await other.ingest.ingest({
    door: "send",
    origin: here.name,
    pdus: made.map(pduOf),
  });
  assert.deepEqual(results.map(({ outcome }) => outcome), made.map(() => "accepted"));
});

Deno.test("a change made here that loses against another's is made once more, over the other", async () => {
  const { room, receiver, held, clock } = await opened();
  await using _receiver = receiver;
  const meta = (content: { [name: string]: string }, sender: typeof ann) => ({
    type: "m.guild.meta",
    sender,
    stateKey: "",
    content,
  });
  const first = await room.control(meta({ name: "First" }, ann));
  await receiver.ingest.ingest({ door: "send", origin: one.name, pdus: [pduOf(first)] });
  const fork = room.heads;
  const [own] = await held.changeControl(() => ({
    intents: [meta({ name: "First", description: "ours" }, dan)],
  }));
  const theirs = await room.control({
    ...meta({ name: "Theirs" }, ann),
    ts: clock.now() + 5000,
    prev: fork,
  });
  const pdus = [pduOf(theirs)];
  const [result] = await receiver.ingest.ingest({ door: "send", origin: one.name, pdus });
  assert.equal(result?.outcome, "accepted");
  const standing = held.tip.state.get("m.guild.meta", "");
  assert.deepEqual(standing?.pdu.content, { description: "ours", name: "Theirs" });
  assert.notEqual(standing?.id, own?.id);
  const [stored] = await loadEvents(receiver.sql, held.id, [standing?.id ?? theirs.id]);
  assert(stored !== undefined && heldOf(stored).pdu.prev_events.length === 2, "it joins the fork");
});

Deno.test("a conflict that is too large is resolved in the background: the last state answers, own changes wait", async () => {
  const members = [bob, dan, ...Array.from({ length: 8 }, (_, at) => person(`m${at}`, two))];
  const room = await RemoteRoom.guild([one, two, here], { owner: ann, members });
  const clock = new ManualClock(TEST_TS + 10_000_000);
  const keys = new TestKeys(one, two, here);
  await using receiver = await openReceiver({ keys, clock, graph: { foregroundMax: 6 } });
  const { roomId } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus: room.pdus });
  const held = await receiver.rooms.open(roomId);
  assert(held !== undefined);
  const fork = room.heads;
  const events: ControlEvent[] = [];
  for (const side of ["left", "right"]) {
    let prev = fork;
    for (const user of members.slice(2)) {
      const nick = await room.control({
        type: "m.member.profile",
        sender: user,
        stateKey: user,
        content: { nickname: side },
        prev,
      });
      prev = [nick.id];
      events.push(nick);
    }
  }
  const before = held.tip.state;
  const results = await receiver.ingest.ingest({
    door: "send",
    origin: two.name,
    pdus: events.map(pduOf),
  });
  for (const { outcome } of results) assert.equal(outcome, "accepted");
  assert(held.tip.pending !== undefined, "it is being resolved");
  assert.equal(held.tip.pending.length, 2);
  const nickname = (user: typeof bob) =>
    held.tip.state.get("m.member.profile", user)?.pdu.content["nickname"];
  assert.equal(nickname(members[2] as typeof bob), "left", "what was resolved last");
  assert.notEqual(held.tip.state, before);
  await assert.rejects(
    held.changeControl(() => ({
      intents: [{
        type: "m.member.profile",
        sender: dan,
        stateKey: dan,
        content: { nickname: "Dan" },
      }],
    })),
    /still being sorted out/,
  );
  await waitFor("the conflict to be resolved", () => {
    clock.advance(1000);
    return Promise.resolve(held.tip.pending === undefined ? true : undefined);
  });
  assert.deepEqual(new Set(held.tip.heads), new Set(room.heads));
  const resolved = room.stateAfter(room.heads);
  assert.deepEqual(
    [...held.tip.state.events()].map(({ id }) => id).sort(),
    [...resolved.events()].map(({ id }) => id).sort(),
  );
  const rows = await receiver.sql<{ event_id: string }[]>`
    select event_id from current_state where room_id = ${roomId} and event_id is not null`;
  assert.deepEqual(
    new Set(rows.map((row) => row.event_id)),
    new Set([...resolved.events()].map(({ id }) => id as string)),
  );
});
