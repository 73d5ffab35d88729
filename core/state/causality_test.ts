import assert from "node:assert/strict";
import { openGuild, type TestRoom, user } from "../../tests/state/room.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { bitsOf, formatBits } from "../permissions/bits.ts";
import { CAUSALITY_BATCH, descentCost, descentFrom } from "./causality.ts";

const ann = user("ann");

/** A guild and this many events in line. */
function line(length: number): { room: TestRoom; fork: EventId[]; made: ControlEvent[] } {
  const room = openGuild({}, { everyone: formatBits(bitsOf("CHANGE_NICKNAME")), members: [ann] });
  const fork = room.heads;
  const made = Array.from({ length }, () => nickname(room, room.heads));
  return { room, fork, made };
}

function nickname(room: TestRoom, prev: readonly EventId[]): ControlEvent {
  return room.add({ type: "m.member.profile", sender: ann, stateKey: ann, prev });
}

Deno.test("descent is by parents alone, in a batch as one by one", () => {
  const { room: { graph }, made } = line(CAUSALITY_BATCH);
  const last = graph.order.placeOf(made.at(-1) as ControlEvent);
  const isAfter = descentFrom(made, { order: graph.order, last });
  for (const [at, later] of made.entries()) {
    for (const [before, earlier] of made.entries()) {
      assert.equal(isAfter(later, earlier), before < at, `${at} after ${before}`);
    }
  }
});

Deno.test("a new event on an early fork is asked about without a walk through the room", () => {
  const { room, fork, made } = line(200);
  const { order } = room.graph;
  order.placeOf(made.at(-1) as ControlEvent);
  const old = nickname(room, fork);
  const place = order.placeOf(old);
  assert.equal(order.linksBetween(place, place), 1);
  const isAfter = descentFrom([old], { order, last: place });
  assert(made.every((event) => !isAfter(event, old) && !isAfter(old, event)));
});

Deno.test("the cost of asking counts links, once for each batch", () => {
  const parentsAt = { placeOf: () => 0, linksBetween: () => 50_000, parentsAt: () => [] };
  const { room, made } = line(1);
  const [event] = made as [ControlEvent];
  const order = Object.assign(room.graph.order, parentsAt);
  const costOf = (size: number) =>
    descentCost(Array.from({ length: size }, () => event), { order, last: 0 });
  assert.deepEqual([1, CAUSALITY_BATCH, CAUSALITY_BATCH + 1].map(costOf), [2, 2, 4]);
});
