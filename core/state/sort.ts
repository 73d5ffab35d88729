import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";

/** Negative where `a` goes first. Must be a total order. */
export type Compare<Item> = (a: Item, b: Item) => number;

/**
 * Kahn's algorithm: every event after all its auth ancestors among `events`; among those
 * ready, the least by `compare` first. `authOf` gives direct auth events; `events` must be
 * convex (no auth path between two of them leaves the set), which sets P and F \ P of
 * section 7 are. O(n log n).
 */
export function sortByAuth(
  events: ReadonlyMap<EventId, ControlEvent>,
  authOf: (event: ControlEvent) => readonly ControlEvent[],
  compare: Compare<ControlEvent>,
): ControlEvent[] {
  const waitsFor = new Map<EventId, number>();
  const heirs = new Map<EventId, ControlEvent[]>();
  const ready = new Heap<ControlEvent>(compare);
  for (const event of events.values()) {
    const parents = authOf(event).filter(({ id }) => events.has(id));
    waitsFor.set(event.id, parents.length);
    for (const { id } of parents) {
      const known = heirs.get(id);
      if (known === undefined) heirs.set(id, [event]);
      else known.push(event);
    }
    if (parents.length === 0) ready.push(event);
  }
  const sorted: ControlEvent[] = [];
  for (let event = ready.pop(); event !== undefined; event = ready.pop()) {
    sorted.push(event);
    for (const heir of heirs.get(event.id) ?? []) {
      const left = (waitsFor.get(heir.id) ?? 0) - 1;
      waitsFor.set(heir.id, left);
      if (left === 0) ready.push(heir);
    }
  }
  return sorted;
}

/** A binary heap: `pop` gives the least item. */
class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #compare: Compare<Item>;

  constructor(compare: Compare<Item>) {
    this.#compare = compare;
  }

  push(item: Item): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#less(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Item | undefined {
    const least = this.#items[0];
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return least;
    this.#items[0] = last;
    for (let at = 0;;) {
      const left = 2 * at + 1;
      let child = at;
      if (this.#less(left, child)) child = left;
      if (this.#less(left + 1, child)) child = left + 1;
      if (child === at) return least;
      this.#swap(at, child);
      at = child;
    }
  }

  #less(a: number, b: number): boolean {
    const first = this.#items[a];
    const second = this.#items[b];
    return first !== undefined && second !== undefined && this.#compare(first, second) < 0;
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    [items[a], items[b]] = [items[b] as Item, items[a] as Item];
  }
}
