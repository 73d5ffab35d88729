import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import type { ParentOrder } from "./parent_order.ts";

/** Events that are asked about together: the bits of a word. */
export const CAUSALITY_BATCH = 32;

/** Following so many links to parents takes about as long as replaying one event. */
const LINKS_PER_EVENT = 25_000;

/** What asking about all of these at once costs, counted as replayed events. Rounded up. */
export function descentCost(
  earlier: Iterable<ControlEvent>,
  { order, last }: { readonly order: ParentOrder; readonly last: number },
): number {
  let [first, size] = [last, 0];
  for (const event of earlier) {
    first = Math.min(first, order.placeOf(event));
    size++;
  }
  const passes = Math.ceil(size / CAUSALITY_BATCH);
  return Math.ceil(passes * order.linksBetween(first, last) / LINKS_PER_EVENT);
}

/** Whether `later` was made by somebody who knew `earlier`: it descends from it by parents. */
export type IsAfter = (later: ControlEvent, earlier: ControlEvent) => boolean;

/**
 * Answers for `earlier`, at most `CAUSALITY_BATCH`, and for `later` that stand no further than
 * `last` in the order. Passes once over all that stand between the first of `earlier` and
 * `last`. PROTOCOL.md 7 step 4.
 */
export function descentFrom(
  earlier: readonly ControlEvent[],
  { order, last }: { readonly order: ParentOrder; readonly last: number },
): IsAfter {
  assert(earlier.length <= CAUSALITY_BATCH, "a batch fits into a word");
  const places = earlier.map((event) => order.placeOf(event));
  const first = Math.min(...places);
  const own = new Int32Array(Math.max(0, last + 1 - first));
  const bits = new Map<EventId, number>();
  for (const [at, { id }] of earlier.entries()) {
    bits.set(id, 1 << at);
    own[(places[at] ?? 0) - first] = 1 << at;
  }
  const known = descend(own, first, order);
  // What stands before `first` descends from none of them.
  return (later, one) =>
    ((known[order.placeOf(later) - first] ?? 0) & (bits.get(one.id) ?? 0)) !== 0;
}

/** By place from `first` on: the bits of all from which the event there descends. */
function descend(own: Int32Array, first: number, order: ParentOrder): Int32Array {
  const known = new Int32Array(own.length);
  for (let at = 0; at < own.length; at++) {
    let bits = 0;
    for (const parent of order.parentsAt(first + at)) {
      const below = parent - first;
      if (below >= 0) bits |= (known[below] ?? 0) | (own[below] ?? 0);
    }
    known[at] = bits;
  }
  return known;
}
