import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../tests/state/random.ts";
import { T0, user } from "../../tests/state/room.ts";
import type { TimelineEvent } from "../event/event.ts";
import type { JsonObject } from "../event/json.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../ids/event_id.ts";
import { type RoomId } from "../ids/room_id.ts";
import { serverOf } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { comparePlaces, isLate, ordersAfterArrival, timelineOrder } from "./timeline_order.ts";
import { isPinned, threadOf, winningPins, winningThreads } from "./timeline_winners.ts";

const ann = user("ann");
const bob = user("bob");

function say(seed: number, more: {
  ts?: number;
  prev?: EventId[];
  type?: string;
  content?: JsonObject;
  sender?: typeof ann;
} = {}): TimelineEvent {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, seed);
  const sender = more.sender ?? ann;
  return {
    id: eventIdFromHash(hash),
    hash,
    roomId: "!r" as RoomId,
    withheld: false,
    pdu: {
      type: more.type ?? "m.room.message",
      room_id: "!r" as RoomId,
      sender,
      origin_server: serverOf(sender),
      origin_ts: more.ts ?? T0,
      content: more.content ?? {},
      content_hash: "",
      prev_events: more.prev ?? [],
      signatures: {},
      channel_id: "main" as ChannelId,
      state_refs: [],
    },
  };
}

/** A receiver of one channel: events in, orders kept. */
class Channel {
  readonly orders = new Map<EventId, number>();
  readonly #children = new Map<EventId, EventId[]>();
  readonly #times = new Map<EventId, number>();

  receive(event: TimelineEvent): void {
    for (const id of event.pdu.prev_events) {
      this.#children.set(id, [...this.#children.get(id) ?? [], event.id]);
    }
    const changed = ordersAfterArrival(event, {
      order: (id) => this.orders.get(id),
      originTs: (id) => this.#times.get(id) ?? 0,
      children: (id) => this.#children.get(id) ?? [],
    });
    this.#times.set(event.id, event.pdu.origin_ts);
    for (const [id, order] of changed) this.orders.set(id, order);
  }
}

Deno.test("timeline order: origin_ts, or one more than the highest known parent", () => {
  assert.equal(timelineOrder(T0, []), T0);
  assert.equal(timelineOrder(T0, [T0 - 5]), T0);
  assert.equal(timelineOrder(T0, [T0 - 5, T0 + 7]), T0 + 8);
});

Deno.test("timeline order: an answer follows what it answers, however its clock goes", () => {
  const channel = new Channel();
  const question = say(1, { ts: T0 + 60_000 });
  const answer = say(2, { ts: T0, prev: [question.id] });
  channel.receive(answer);
  assert.equal(channel.orders.get(answer.id), T0, "a gap counts for nothing");
  channel.receive(question);
  assert.equal(channel.orders.get(answer.id), T0 + 60_001, "closing the gap sorts anew");
});

Deno.test("timeline order: what is dated far ahead lifts nothing that cites it to its date", () => {
  const channel = new Channel();
  const poison = say(1, { ts: T0 + 86_400_000 });
  const citing = say(2, { ts: T0, prev: [poison.id] });
  const later = say(3, { ts: T0 + 1000, prev: [citing.id] });
  const muchLater = say(4, { ts: T0 + 4_000_000, prev: [later.id] });
  for (const event of [later, muchLater, citing, poison]) channel.receive(event);
  assert.equal(channel.orders.get(citing.id), T0 + limits.receive.maxLiftMs);
  assert.equal(channel.orders.get(later.id), T0 + limits.receive.maxLiftMs + 1);
  assert.equal(channel.orders.get(muchLater.id), T0 + 4_000_000, "all is as it was soon after");
});

Deno.test("timeline order does not depend on arrival (fast-check)", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 25 }), (seed, count) => {
      const random = new Random(seed);
      const events: TimelineEvent[] = [];
      for (let at = 0; at < count; at++) {
        const prev = random.some(events, 0.3).slice(0, 3).map(({ id }) => id);
        const far = random.chance(0.1) ? random.below(9_000_000) : 0;
        events.push(say(at, { ts: T0 + random.below(1_000) + far, prev }));
      }
      const orders = [events, random.shuffle(events), random.shuffle(events)].map((arrival) => {
        const channel = new Channel();
        for (const event of arrival) channel.receive(event);
        return events.map(({ id }) => channel.orders.get(id));
      });
      assert.deepEqual(orders[1], orders[0]);
      assert.deepEqual(orders[2], orders[0]);
    }),
    { numRuns: 200 },
  );
});

Deno.test("timeline order: equal orders are told apart by raw hash", () => {
  const [a, b] = [say(1), say(2)];
  assert(comparePlaces({ order: 5, hash: a.hash }, { order: 5, hash: b.hash }) < 0);
  assert(comparePlaces({ order: 6, hash: a.hash }, { order: 5, hash: b.hash }) > 0);
});

Deno.test("late: seen more than ten minutes after its own time", () => {
  assert.equal(isLate(T0, T0 + 600_000), false);
  assert.equal(isLate(T0, T0 + 600_001), true);
});

Deno.test("pins: the last in timeline order wins, whatever order it is asked in", () => {
  const target = say(9).id;
  const pin = (seed: number, on: boolean, order: number) => ({
    event: say(seed, { type: "m.pin", content: { event_id: target, on } }),
    order,
  });
  const pins = [pin(1, true, 5), pin(2, false, 7), pin(3, true, 6)];
  for (const events of [pins, [...pins].reverse()]) {
    assert.equal(isPinned(winningPins(events).get(target)), false);
  }
  assert.equal(isPinned(winningPins(pins.slice(0, 1)).get(target)), true);
  const redacted = { event: say(4, { type: "m.pin" }), order: 9 };
  assert.equal(isPinned(winningPins([...pins, redacted]).get(target)), false);
});

Deno.test("threads: only the starter or a manager changes title and lock", () => {
  const root = say(9).id;
  const content = { relates_to: { kind: "thread", event_id: root }, title: "t" };
  const change = (seed: number, sender: typeof ann, order: number) => ({
    event: say(seed, { type: "m.thread", sender, content }),
    order,
  });
  const judge = (managers: boolean) => ({ starterOf: () => ann, mayManage: () => managers });
  const [byStarter, byOther] = [change(1, ann, 5), change(2, bob, 6)];
  const events = [byStarter, byOther];
  assert.equal(winningThreads(events, judge(false)).get(root)?.event.id, byStarter.event.id);
  assert.equal(winningThreads(events, judge(true)).get(root)?.event.id, byOther.event.id);
  assert.equal(threadOf(byStarter.event), root);
  assert.equal(threadOf(say(3)), undefined);
});
