import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";

/**
 * The events of a room's graph in an order in which parents come first, kept for as long as the
 * graph is. Each has a place when it is first asked for, after its parents: what is new stands
 * last, whatever it is built on, so that few places follow it.
 */
export class ParentOrder {
  readonly #parentsOf: (event: ControlEvent) => readonly ControlEvent[];
  readonly #places = new Map<EventId, number>();
  /** By place the places of the parents. */
  readonly #parents: (readonly number[])[] = [];
  /** By place how many links to parents all before it have; one more at the end. */
  readonly #links: number[] = [0];

  constructor(parentsOf: (event: ControlEvent) => readonly ControlEvent[]) {
    this.#parentsOf = parentsOf;
  }

  placeOf(event: ControlEvent): number {
    const known = this.#places.get(event.id);
    if (known !== undefined) return known;
    // A stack of our own: a room's graph is longer than the call stack allows.
    const stack = [event];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const parents = this.#parentsOf(top);
      const waiting = parents.filter(({ id }) => !this.#places.has(id));
      if (waiting.length > 0) stack.push(...waiting);
      else this.#add(stack.pop() ?? top, parents);
    }
    return this.placeOf(event);
  }

  /** Places of the parents of what stands at this place. */
  parentsAt(place: number): readonly number[] {
    return this.#parents[place] ?? [];
  }

  /** Links to parents of all from this place to the last, both among them. */
  linksBetween(first: number, last: number): number {
    return (this.#links[last + 1] ?? 0) - (this.#links[first] ?? 0);
  }

  #add(event: ControlEvent, parents: readonly ControlEvent[]): void {
    if (this.#places.has(event.id)) return;
    this.#places.set(event.id, this.#parents.length);
    this.#parents.push(parents.map(({ id }) => this.#places.get(id) ?? 0));
    this.#links.push((this.#links.at(-1) ?? 0) + parents.length);
  }
}
