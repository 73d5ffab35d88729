import assert from "node:assert/strict";
import type { PduResult } from "../../core/api/federation/send.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const bob = person("bob", two);

function outcomesOf(results: readonly PduResult[]): string[] {
  return results.map(({ outcome, reason }) =>
    reason === undefined ? outcome : `${outcome}: ${reason}`
  );
}

async function opened(members = [bob]) {
  const room = await RemoteRoom.guild([one, two], { owner: ann, members });
  const clock = new ManualClock(TEST_TS + 60_000);
  const receiver = await openReceiver({ keys: new TestKeys(one, two), clock });
  const results = await receiver.ingest.ingest({
    door: "join",
    origin: one.name,
    roomId: room.roomId,
    pdus: room.pdus,
  });
  assert.deepEqual([...new Set(outcomesOf(results).slice(1))], ["accepted"]);
  return { room, receiver, clock };
}

async function send(receiver: Receiver, pdus: Parameters<typeof pduOf>[0][], origin = one.name) {
  return await receiver.ingest.ingest({ door: "send", origin, pdus: pdus.map(pduOf) });
}

Deno.test("a room is held from its control graph; live events move its ends and its state", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const held = await receiver.rooms.open(room.roomId);
  assert.ok(held);
  assert.deepEqual(held.tip.heads, room.heads);
  assert.ok(held.authority.isJoined(bob));
  const hello = await room.message({ sender: bob, body: "hello" });
  const named = await room.control({
    type: "m.guild.meta",
    sender: ann,
    stateKey: "",
    content: { name: "Here" },
  });
  const again = await room.message({ sender: ann, body: "again" });
  assert.deepEqual(outcomesOf(await send(receiver, [hello, named, again])), [
    "accepted",
    "accepted",
    "accepted",
  ]);
  assert.equal(held.authority.view.get("m.guild.meta", "")?.id, named.id);
  const [graph] = await receiver.sql`
    select event_ids from graph_heads where room_id = ${room.roomId} and channel_id = ${room.channel}`;
  assert.deepEqual(graph?.["event_ids"], [again.id]);
  assert.deepEqual(outcomesOf(await send(receiver, [hello])), ["accepted: held already"]);
});

Deno.test("what comes for a room while it is busy is taken in together, whoever brings it", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const held = await receiver.rooms.open(room.roomId);
  assert.ok(held);
  const stored: number[] = [];
  const store = held.storeReceived.bind(held);
  held.storeReceived = (received) => {
    stored.push(received.events.length);
    return store(received);
  };
  const said = [];
  for (let n = 0; n < 6; n++) said.push(await room.message({ sender: bob, body: `${n}` }));
  const stranger = await room.message({ sender: person("eve", two), body: "let me in" });
  const busy = Promise.withResolvers<void>();
  const turn = held.inTurn(() => busy.promise);
  const taking = [];
  for (
    const { origin, pdus } of [
      { origin: one.name, pdus: said.slice(0, 2) },
      { origin: two.name, pdus: [...said.slice(2, 4), stranger] },
      { origin: one.name, pdus: said.slice(4) },
    ]
  ) {
    const input = { door: "send", origin, pdus: pdus.map(pduOf) } as const;
    const { entered, ended } = (await receiver.ingest.examine(input)).takeIn();
    await entered;
    taking.push(ended);
  }
  busy.resolve();
  await turn;
  const [first, second, third] = (await Promise.all(taking)).map(outcomesOf);
  assert.deepEqual([first, third], [["accepted", "accepted"], ["accepted", "accepted"]]);
  assert.deepEqual(second?.slice(0, 2), ["accepted", "accepted"]);
  assert.match(second?.[2] ?? "", /^rejected: /);
  assert.deepEqual(stored, [7]);
});

Deno.test("forks are resolved as they come, and read back the same after a restart", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const fork = room.heads;
  const left = await room.control({
    type: "m.guild.meta",
    sender: ann,
    stateKey: "",
    content: { name: "Left" },
  });
  const right = await room.member(bob, bob, { membership: "leave" }, { prev: fork });
  assert.deepEqual(outcomesOf(await send(receiver, [left, right])), ["accepted", "accepted"]);
  const held = await receiver.rooms.open(room.roomId);
  assert.deepEqual(new Set(held?.tip.heads), new Set([left.id, right.id]));
  assert.equal(held?.authority.isJoined(bob), false);
  assert.equal(held?.authority.view.get("m.guild.meta", "")?.id, left.id);
  await using again = await openReceiver({
    keys: new TestKeys(one, two),
    database: receiver.database,
  });
  const reread = await again.rooms.open(room.roomId);
  assert.deepEqual(
    [...reread?.tip.state.events() ?? []].map(({ id }) => id).sort(),
    [...held?.tip.state.events() ?? []].map(({ id }) => id).sort(),
  );
});

Deno.test("A36 silent damage: a room whose stored state is not whole is refused, never opened with less", async (t) => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const { sql } = receiver;
  const banned = await room.member(ann, bob, { membership: "ban" });
  assert.deepEqual(outcomesOf(await send(receiver, [banned])), ["accepted"]);
  /** The room as a process reads it that starts now. */
  const reopened = async () => {
    await using again = await openReceiver({
      keys: new TestKeys(one, two),
      database: receiver.database,
    });
    return (await again.rooms.open(room.roomId))?.authority.membership(bob);
  };
  assert.equal(await reopened(), "ban", "the control: nothing is damaged");

  await t.step(
    "a state event is gone, as a damaged index or a careless clean-up leaves it",
    async () => {
      const taken = await sql`
      update events set room_id = 'elsewhere' where event_id = ${banned.id} returning 1`;
      assert.equal(taken.length, 1);
      await assert.rejects(reopened(), new RegExp(`${banned.id.slice(1)}.* is stored`));
      await sql`update events set room_id = ${room.roomId} where event_id = ${banned.id}`;
      assert.equal(await reopened(), "ban");
    },
  );

  await t.step("the state after an event is gone", async () => {
    const groups = await sql`delete from state_groups where room_id = ${room.roomId} returning 1`;
    assert.ok(groups.length > 0);
    await assert.rejects(reopened(), /the state after control event .* is stored/);
  });
});
