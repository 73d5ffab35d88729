import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import type { AuthGraph } from "./auth_graph.ts";

/** Events that are asked about together: the bits of a word. */
export const CAUSALITY_BATCH = 32;

/** Whether `later` was made by somebody who knew `earlier`: it descends from it by parents. */
export type IsAfter = (later: ControlEvent, earlier: ControlEvent) => boolean;

/**
 * What was made after what, by parents, among the events of one resolution. Holds the part of
 * the control graph between the lowest of `earlier` and the highest of all; each batch passes
 * through it once. PROTOCOL.md 7 step 4.
 */
export class Causality {
  readonly #places = new Map<EventId, number>();
  /** Places of the parents of each event, in the order of places: parents come first. */
  readonly #parents: readonly (readonly number[])[];

  constructor(
    { earlier, later }: {
      /** Events that will be asked about as the earlier one. */
      readonly earlier: Iterable<ControlEvent>;
      /** Events that will be asked about as the later one alone. */
      readonly later: Iterable<ControlEvent>;
    },
    graph: AuthGraph,
  ) {
    const asked = [...earlier];
    let lowest = Infinity;
    for (const event of asked) lowest = Math.min(lowest, graph.heightOf(event));
    const part = partAbove(lowest, [...asked, ...later], graph);
    part.forEach((event, place) => this.#places.set(event.id, place));
    this.#parents = part.map((event) =>
      graph.parentsOf(event).flatMap(({ id }) => this.#places.get(id) ?? [])
    );
  }

  /** Answers for these, at most `CAUSALITY_BATCH`, as the earlier ones. */
  after(earlier: readonly ControlEvent[]): IsAfter {
    assert(earlier.length <= CAUSALITY_BATCH, "a batch fits into a word");
    const own = new Int32Array(this.#parents.length);
    earlier.forEach(({ id }, at) => own[this.#placeOf(id)] = 1 << at);
    const known = new Int32Array(this.#parents.length);
    for (const [place, parents] of this.#parents.entries()) {
      let bits = 0;
      for (const parent of parents) bits |= (known[parent] ?? 0) | (own[parent] ?? 0);
      known[place] = bits;
    }
    return (later, one) => {
      const place = this.#places.get(later.id);
      // What stands no higher than all that are asked about descends from none of them.
      return place !== undefined &&
        ((known[place] ?? 0) & (own[this.#placeOf(one.id)] ?? 0)) !== 0;
    };
  }

  #placeOf(id: EventId): number {
    const place = this.#places.get(id);
    assert(place !== undefined, "only what it was made for is asked about");
    return place;
  }
}

/** All of `from` and their ancestors of at least that height, the lowest first. */
function partAbove(
  lowest: number,
  from: readonly ControlEvent[],
  graph: AuthGraph,
): readonly ControlEvent[] {
  const found = new Map<EventId, ControlEvent>();
  const stack: ControlEvent[] = [];
  const visit = (event: ControlEvent) => {
    if (found.has(event.id) || graph.heightOf(event) < lowest) return;
    found.set(event.id, event);
    stack.push(event);
  };
  for (const event of from) visit(event);
  for (let event = stack.pop(); event !== undefined; event = stack.pop()) {
    for (const parent of graph.parentsOf(event)) visit(parent);
  }
  return [...found.values()].sort((a, b) => graph.heightOf(a) - graph.heightOf(b));
}
