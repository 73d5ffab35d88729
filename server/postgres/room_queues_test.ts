import assert from "node:assert/strict";
import fc from "fast-check";
import type { RoomId } from "../../core/ids/room_id.ts";
import { type QueuedItem, RoomQueues } from "./room_queues.ts";

interface Item extends QueuedItem {
  readonly n: number;
}

const act = fc.oneof(
  fc.record({
    kind: fc.constant("push" as const),
    room: fc.nat(3),
    bytes: fc.integer({ min: 1, max: 50 }),
    alone: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("take" as const) }),
  fc.record({ kind: fc.constant("finish" as const), back: fc.boolean() }),
);

Deno.test("items of a room leave in order and never overlap; alone ones leave alone; none is lost", () => {
  fc.assert(fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
    const queues = new RoomQueues<Item>();
    const taken: Item[][] = [];
    const done: Item[] = [];
    let pushed = 0;
    const take = () => {
      const items = queues.take({ items: 4, bytes: 100 });
      if (items.length === 0) return false;
      const busy = new Set(taken.flat().map((item) => item.roomId));
      for (const item of items) assert.ok(!busy.has(item.roomId), "a room overlaps");
      if (items.length > 1) {
        assert.ok(items.every((item) => !item.alone), "an alone item has company");
        assert.ok(items.length <= 4 && items.reduce((sum, item) => sum + item.bytes, 0) <= 100);
      }
      taken.push(items);
      return true;
    };
    const finish = (back: boolean) => {
      const items = taken.shift() ?? [];
      if (back) queues.putBack(items);
      else done.push(...items);
      queues.finish(items);
    };
    for (const step of acts) {
      if (step.kind === "push") {
        const { bytes, alone } = step;
        queues.push({ roomId: `!${step.room}` as RoomId, bytes, alone, n: pushed++ });
      } else if (step.kind === "take") take();
      else finish(step.back);
    }
    while (taken.length > 0 || take()) finish(false);
    assert.equal(queues.size, 0);
    assert.equal(done.length, pushed);
    for (let room = 0; room < 4; room++) {
      const order = done.filter((item) => item.roomId === `!${room}`).map((item) => item.n);
      assert.deepEqual(order, [...order].sort((a, b) => a - b));
    }
  }));
});

Deno.test("draining a room takes what waits in it and nothing else", () => {
  const queues = new RoomQueues<Item>();
  const item = (room: string, n: number) =>
    ({ roomId: room as RoomId, bytes: 1, alone: false, n }) satisfies Item;
  for (let n = 0; n < 3; n++) queues.push(item("!a", n));
  queues.push(item("!b", 3));
  assert.deepEqual(queues.drain("!a" as RoomId).map((drained) => drained.n), [0, 1, 2]);
  assert.deepEqual(queues.take({ items: 9, bytes: 9 }).map((taken) => taken.n), [3]);
});
