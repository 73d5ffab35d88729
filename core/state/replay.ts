import { authTypes } from "../auth/auth_types.ts";
import { authoriseControl } from "../auth/authorise.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { Authority } from "../permissions/authority.ts";
import type { AuthGraph } from "./auth_graph.ts";
import { CAUSALITY_BATCH, descentCost, descentFrom, type IsAfter } from "./causality.ts";
import { commonBase, lineOf, replacedBy } from "./common_base.ts";
import { type StateAddress, stateKeyOf, type StateMap, type StateView } from "./state_map.ts";
import { Upholding } from "./upholding.ts";

export interface ReplayInput {
  readonly states: readonly StateMap[];
  /** Addresses of C. */
  readonly conflicted: ReadonlyMap<string, StateAddress>;
  /** F. */
  readonly full: ReadonlyMap<EventId, ControlEvent>;
  /** C. */
  readonly conflicting: ReadonlySet<EventId>;
  /** Whether an event is in the chain of the state at this place of `states`. */
  readonly isInChain: (input: number, event: ControlEvent) => boolean;
  readonly graph: AuthGraph;
}

/** The map of steps 4 and 5: starts empty, takes what passes. PROTOCOL.md 7. */
export class Replay {
  /** By address all that took it, in turn: the last is what the map holds. */
  readonly #taken = new Map<string, ControlEvent[]>();
  /** By address the furthest place in the graph's order of all that took it. */
  readonly #furthest = new Map<string, number>();
  readonly #failed = new Set<EventId>();
  /** By address what the inputs agree on: U, and bases. */
  readonly #agreed = new Map<string, ControlEvent | undefined>();
  /** By its newest event. */
  readonly #lines = new Map<EventId, readonly ControlEvent[]>();
  readonly #input: ReplayInput;
  readonly #upholding: Upholding;
  /** No event that is asked about stands further in the graph's order. */
  readonly #last: number;

  constructor(input: ReplayInput) {
    this.#input = input;
    this.#upholding = new Upholding(input);
    const { order } = input.graph;
    let last = 0;
    for (const event of input.full.values()) last = Math.max(last, order.placeOf(event));
    for (const event of this.#allAgreed()) last = Math.max(last, order.placeOf(event));
    this.#last = last;
  }

  /** How much work it is, counted in events: F, and following the graph between its events. */
  get cost(): number {
    const { full, graph } = this.#input;
    return full.size + descentCost(full.values(), { order: graph.order, last: this.#last });
  }

  /** Of what the inputs agree on all that some event of F may be judged on. */
  *#allAgreed(): Iterable<ControlEvent> {
    for (const event of this.#input.full.values()) {
      if (this.#input.conflicting.has(event.id)) continue;
      for (const address of authTypes(event.pdu)) {
        const agreed = this.#agreedAt(address);
        if (agreed !== undefined) yield agreed;
      }
    }
  }

  /** Replays events in this order. */
  apply(events: readonly ControlEvent[]): void {
    const { order } = this.#input.graph;
    for (let at = 0; at < events.length; at += CAUSALITY_BATCH) {
      const batch = events.slice(at, at + CAUSALITY_BATCH);
      const isAfter = descentFrom(batch, { order, last: this.#last });
      for (const event of batch) this.#applyOne(event, this.#upholding.leavesOut(isAfter));
    }
  }

  #applyOne(event: ControlEvent, isLeftOut: IsAfter): void {
    const { graph } = this.#input;
    const view = this.#viewFor(event, isLeftOut);
    if (!authoriseControl(event.pdu, new Authority(view, graph.room, graph.memo)).ok) {
      this.#failed.add(event.id);
      return;
    }
    if (event.pdu.state_key === undefined) return;
    const key = stateKeyOf(event.pdu.type, event.pdu.state_key);
    this.#take(key, event, isLeftOut);
  }

  /** Who made something after it has decided about it already: it stays before that. */
  #take(key: string, event: ControlEvent, isLeftOut: IsAfter): void {
    const taken = this.#taken.get(key) ?? [];
    this.#taken.set(key, taken);
    const place = this.#input.graph.order.placeOf(event);
    const furthest = this.#furthest.get(key) ?? -1;
    this.#furthest.set(key, Math.max(furthest, place));
    // A descendant stands further in the order.
    const at = furthest < place ? -1 : taken.findIndex((each) => isLeftOut(each, event));
    taken.splice(at < 0 ? taken.length : at, 0, event);
  }

  /**
   * What an event is judged on, without all that was made after it: the map; for an event that
   * is not in conflict itself, then what the inputs agree on; then the auth events it cites.
   */
  #viewFor(event: ControlEvent, isLeftOut: IsAfter): StateView {
    const own = new Map<string, ControlEvent>();
    for (const auth of this.#input.graph.authOf(event)) {
      own.set(stateKeyOf(auth.pdu.type, auth.pdu.state_key ?? ""), auth);
    }
    const needed = new Set(authTypes(event.pdu).map(([type, key]) => stateKeyOf(type, key)));
    return new ReplayView((type, stateKey) => {
      const key = stateKeyOf(type, stateKey);
      if (!needed.has(key)) return undefined;
      return this.#taken.get(key)?.findLast((each) => !isLeftOut(each, event)) ??
        this.#agreedFor(event, [type, stateKey], isLeftOut) ??
        this.#holding(own.get(key));
    });
  }

  #agreedFor(
    event: ControlEvent,
    address: StateAddress,
    isLeftOut: IsAfter,
  ): ControlEvent | undefined {
    if (this.#input.conflicting.has(event.id)) return undefined;
    const agreed = this.#agreedAt(address);
    if (agreed === undefined) return undefined;
    const isPassedBy = (each: ControlEvent) => each.id === event.id || isLeftOut(each, event);
    if (!isPassedBy(agreed)) return this.#holding(agreed);
    // What replaced something left out is left out too, so that the first to stay is searched for.
    return this.#holding(firstWithout(this.#lineOf(agreed), isPassedBy));
  }

  /** The event, unless it failed in this replay: then what it replaced. */
  #holding(event: ControlEvent | undefined): ControlEvent | undefined {
    let at = event;
    while (at !== undefined && this.#failed.has(at.id)) at = replacedBy(at, this.#input.graph);
    return at;
  }

  #lineOf(event: ControlEvent): readonly ControlEvent[] {
    const line = this.#lines.get(event.id) ?? lineOf(event, this.#input.graph);
    this.#lines.set(event.id, line);
    return line;
  }

  /** What all inputs hold at an address; where they differ, its base. */
  #agreedAt(address: StateAddress): ControlEvent | undefined {
    const key = stateKeyOf(...address);
    if (this.#agreed.has(key)) return this.#agreed.get(key);
    const { states, graph } = this.#input;
    const agreed = this.#unconflicted(address) ?? commonBase(states, address, graph);
    this.#agreed.set(key, agreed);
    return agreed;
  }

  #unconflicted([type, stateKey]: StateAddress): ControlEvent | undefined {
    const { conflicted, states: [any] } = this.#input;
    return conflicted.has(stateKeyOf(type, stateKey)) ? undefined : any?.get(type, stateKey);
  }

  #holds(key: string): ControlEvent | undefined {
    return this.#taken.get(key)?.at(-1);
  }

  /**
   * Where every change of an address has failed, the address keeps what it held before the
   * inputs parted. Addresses in `pending` still have changes to be replayed.
   */
  restore(pending: ReadonlySet<string>): void {
    for (const [key, address] of this.#input.conflicted) {
      if (pending.has(key) || this.#taken.has(key)) continue;
      const base = this.#holding(this.#agreedAt(address));
      if (base === undefined) continue;
      this.#taken.set(key, [base]);
      this.#furthest.set(key, this.#input.graph.order.placeOf(base));
    }
  }

  /** Where the mainline begins: the roles event of the map, else the unconflicted one. */
  rolesEvent(): ControlEvent | undefined {
    return this.#holds(stateKeyOf("m.guild.roles", "")) ??
      this.#unconflicted(["m.guild.roles", ""]);
  }

  /** Step 6: of the map only what some input holds an event for; the unconflicted state over it. */
  overlay(): StateMap {
    let state = largest(this.#input.states);
    for (const [key, [type, stateKey]] of this.#input.conflicted) {
      const event = this.#holds(key);
      state = event === undefined ? state.without(type, stateKey) : state.with(event);
    }
    return state;
  }
}

/** The first item for which `test` is false; it is true for all before that and for none after. */
function firstWithout<Item>(items: readonly Item[], test: (item: Item) => boolean) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return items[low];
}

/** Any input is right to begin from; the one that needs the fewest changes is the quickest. */
function largest(states: readonly StateMap[]): StateMap {
  return states.reduce((best, state) => state.size > best.size ? state : best);
}

class ReplayView implements StateView {
  readonly get: StateView["get"];

  constructor(get: StateView["get"]) {
    this.get = get;
  }

  entriesOf(): never {
    throw new Error("authorisation reads single addresses, never the whole state");
  }

  entries(): never {
    return this.entriesOf();
  }
}
