import assert from "node:assert/strict";
import type { z } from "zod";
import { sendTransaction } from "../../core/api/federation/send.ts";
import { OperationError } from "../../core/errors.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { casesOf } from "../harness/cases.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { Random } from "../state/random.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const evil = testServer("evil.example", 3);
const ann = person("ann", one);
const bob = person("bob", two);
const eve = person("eve", evil);

/** Transactions of the ordinary run; the release run takes more. */
const TRANSACTIONS = casesOf("G19_CASES", 200);
const PDUS = 50;

type Body = Partial<z.input<typeof sendTransaction.request>>;

async function transact(receiver: Receiver, origin: ServerName, txnId: string, body: Body) {
  const handler = receiver.handlers.find(({ operation }) => operation.id === sendTransaction.id);
  assert(handler !== undefined);
  const request = sendTransaction.request.parse({
    txn_id: txnId,
    origin,
    pdus: [],
    edus: [],
    ...body,
  });
  const bodyDigest = nobleBlake3(new TextEncoder().encode(JSON.stringify(body)));
  return await handler.answer({ origin, bodyDigest }, request) as z.input<
    typeof sendTransaction.answer
  >;
}

async function opened() {
  const room = await RemoteRoom.guild([one, two, evil], { owner: ann, members: [bob, eve] });
  const clock = new ManualClock(TEST_TS + 10_000_000);
  const receiver = await openReceiver({ keys: new TestKeys(one, two, evil), clock });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  return { room, receiver, clock };
}

/** Something that no server may accept, each time in another way. */
async function badPdu(room: RemoteRoom, random: Random): Promise<JsonValue> {
  const good = pduOf(await room.message({ sender: eve, body: "bad", prev: [] })) as {
    [name: string]: JsonValue;
  };
  room.ends = room.ends.filter((id) => id !== room.timeline.at(-1)?.id);
  room.timeline.pop();
  switch (random.below(6)) {
    case 0:
      return { ...good, origin_ts: 5 };
    case 1:
      return null;
    case 2:
      return { ...good, sender: bob, origin_server: two.name };
    case 3:
      return { ...good, channel_id: "main", depth: 3 };
    case 4:
      return { ...good, signatures: {} };
    default:
      return { ...good, type: "m.guild.roles" };
  }
}

Deno.test(`G19: ${TRANSACTIONS} transactions with 1 to 10 bad of 50, some sent twice: every good one is applied once`, async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const random = new Random(19);
  const good: string[] = [];
  for (let at = 0; at < TRANSACTIONS; at++) {
    const bad = new Set<number>();
    const count = 1 + random.below(10);
    while (bad.size < count) bad.add(random.below(PDUS));
    const pdus: JsonValue[] = [];
    for (let index = 0; index < PDUS; index++) {
      if (bad.has(index)) pdus.push(await badPdu(room, random));
      else {
        const event = await room.message({ sender: eve, body: `${at} ${index}` });
        pdus.push(pduOf(event));
        good.push(event.id);
      }
    }
    const answer = await transact(receiver, evil.name, `t${at}`, { pdus });
    for (const [index, { outcome }] of answer.results.entries()) {
      assert.equal(outcome, bad.has(index) ? "dropped" : "accepted", `${at}: ${index}`);
    }
    assert.equal(answer.received.length, PDUS - bad.size);
    if (random.chance(0.2)) {
      assert.deepEqual(await transact(receiver, evil.name, `t${at}`, { pdus }), answer);
      await assert.rejects(
        transact(receiver, evil.name, `t${at}`, { pdus: pdus.slice(1) }),
        (error) => error instanceof OperationError && error.code === "conflict",
      );
    }
  }
  const rows = await receiver.sql<{ event_id: string }[]>`
    select event_id from events where room_id = ${room.roomId} and channel_id is not null
      and outcome = 'accepted' order by timeline_order, event_hash`;
  assert.deepEqual(rows.map((row) => row.event_id), good);
});

Deno.test("A31: the same events in another transaction change nothing; the id of another server's transaction is its own", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const hello = pduOf(await room.message({ sender: bob, body: "hello" }));
  const first = await transact(receiver, two.name, "t", { pdus: [hello, hello] });
  assert.deepEqual(first.results.map(({ outcome }) => outcome), ["accepted", "accepted"]);
  assert.equal(first.received.length, 1);
  const again = await transact(receiver, two.name, "u", { pdus: [hello] });
  assert.deepEqual(again.received, first.received);
  const other = await transact(receiver, one.name, "t", { pdus: [] });
  assert.deepEqual(other.results, []);
  const [row] = await receiver.sql<{ count: number }[]>`
    select count(*)::int as count from events
    where room_id = ${room.roomId} and channel_id is not null`;
  assert.equal(row?.count, 1);
});

Deno.test("a transaction names the server that signed it; EDUs beyond their size are left out", async () => {
  const { receiver } = await opened();
  await using _receiver = receiver;
  await assert.rejects(
    transact(receiver, one.name, "t", { origin: two.name }),
    (error) => error instanceof OperationError && error.code === "invalid",
  );
  await transact(receiver, one.name, "v", {
    edus: [
      { type: "typing", content: {} },
      { type: "presence", content: { text: "x".repeat(9000) } },
    ],
  });
  assert.deepEqual(receiver.edus, [{ origin: one.name, type: "typing" }]);
});
