import { authTypes } from "../auth/auth_types.ts";
import { authoriseControl } from "../auth/authorise.ts";
import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { limits } from "../limits.ts";
import { Authority } from "../permissions/authority.ts";
import type { AuthGraph } from "./auth_graph.ts";
import { Causality, CAUSALITY_BATCH, type IsAfter } from "./causality.ts";
import { commonBase } from "./common_base.ts";
import { findFullSet } from "./full_set.ts";
import { isPowerEvent } from "./is_power_event.ts";
import { sortByMainline } from "./mainline.ts";
import { sortPowerEvents } from "./power_order.ts";
import { type StateAddress, stateKeyOf, type StateMap, type StateView } from "./state_map.ts";

export type Resolution =
  | {
    readonly kind: "resolved";
    readonly state: StateMap;
    /** How many events were replayed; 0 where nothing was in conflict. */
    readonly replayed: number;
  }
  /** Not resolved: the full conflicted set is larger than `fullSetMax`. */
  | { readonly kind: "too_large"; readonly size: number };

export interface ResolveOptions {
  readonly graph: AuthGraph;
  /** Default `limits.receive.maxForegroundConflict`; a background job with a budget passes a higher one. */
  readonly fullSetMax?: number;
}

/**
 * The state that follows from the states after several parents. Depends on the set of inputs
 * alone: not on their order, on arrival, or on any clock. With one input, or equal ones, it is
 * that input itself. PROTOCOL.md 7.
 */
export function resolve(states: readonly StateMap[], options: ResolveOptions): Resolution {
  const [first] = states;
  assert(first !== undefined, "a resolution has at least one input");
  const conflicted = conflictedAddresses(states);
  if (conflicted.size === 0) return { kind: "resolved", state: first, replayed: 0 };
  const { graph, fullSetMax = limits.receive.maxForegroundConflict } = options;
  const { full, conflicting } = findFullSet(states, { conflicted, graph });
  if (full.size > fullSetMax) return { kind: "too_large", size: full.size };
  const replay = new Replay({ conflicted, conflicting, unconflicted: first, graph, states, full });
  const power = powerSet(full, graph);
  replay.apply(sortPowerEvents(power, graph));
  const rest = new Map([...full].filter(([id]) => !power.has(id)));
  replay.restore(addressesOf(rest));
  replay.apply(sortByMainline(rest, replay.rolesEvent(), graph));
  replay.restore(new Set());
  return { kind: "resolved", state: replay.overlay(), replayed: full.size };
}

/** Step 1: addresses that the inputs do not all hold with the same event. */
function conflictedAddresses(states: readonly StateMap[]): ReadonlyMap<string, StateAddress> {
  const conflicted = new Map<string, StateAddress>();
  const [first, ...others] = states;
  if (first === undefined) return conflicted;
  for (const other of others) {
    for (const address of first.differing(other)) conflicted.set(stateKeyOf(...address), address);
  }
  return conflicted;
}

/** Step 3: the power events of the full set and their auth ancestors in it. */
function powerSet(
  full: ReadonlyMap<EventId, ControlEvent>,
  graph: AuthGraph,
): Map<EventId, ControlEvent> {
  const power = new Map<EventId, ControlEvent>();
  const stack = [...full.values()].filter(isPowerEvent);
  for (let event = stack.pop(); event !== undefined; event = stack.pop()) {
    if (power.has(event.id)) continue;
    power.set(event.id, event);
    for (const auth of graph.authOf(event)) if (full.has(auth.id)) stack.push(auth);
  }
  return power;
}

function addressesOf(events: ReadonlyMap<EventId, ControlEvent>): Set<string> {
  const addresses = new Set<string>();
  for (const { pdu } of events.values()) {
    if (pdu.state_key !== undefined) addresses.add(stateKeyOf(pdu.type, pdu.state_key));
  }
  return addresses;
}

interface ReplayInput {
  readonly states: readonly StateMap[];
  readonly full: ReadonlyMap<EventId, ControlEvent>;
  readonly conflicted: ReadonlyMap<string, StateAddress>;
  readonly conflicting: ReadonlySet<EventId>;
  /** Any input: what it holds outside `conflicted` all inputs hold. */
  readonly unconflicted: StateMap;
  readonly graph: AuthGraph;
}

/** The map of steps 4 and 5: starts empty, takes what passes. */
class Replay {
  /** By address all that took it, in turn: the last is what the map holds. */
  readonly #taken = new Map<string, ControlEvent[]>();
  readonly #input: ReplayInput;
  readonly #causality: Causality;

  constructor(input: ReplayInput) {
    this.#input = input;
    this.#causality = new Causality(
      { earlier: input.full.values(), later: this.#settledAuthority() },
      input.graph,
    );
  }

  /** Of the unconflicted state all that some event of the full set may be judged on. */
  *#settledAuthority(): Iterable<ControlEvent> {
    for (const event of this.#input.full.values()) {
      if (this.#input.conflicting.has(event.id)) continue;
      for (const address of authTypes(event.pdu)) {
        const settled = this.#unconflicted(address);
        if (settled !== undefined) yield settled;
      }
    }
  }

  /** Replays events in this order. */
  apply(events: readonly ControlEvent[]): void {
    for (let at = 0; at < events.length; at += CAUSALITY_BATCH) {
      const batch = events.slice(at, at + CAUSALITY_BATCH);
      const isAfter = this.#causality.after(batch);
      for (const event of batch) this.#applyOne(event, isAfter);
    }
  }

  #applyOne(event: ControlEvent, isAfter: IsAfter): void {
    const { graph } = this.#input;
    const view = this.#viewFor(event, isAfter);
    if (!authoriseControl(event.pdu, new Authority(view, graph.room, graph.memo)).ok) return;
    if (event.pdu.state_key === undefined) return;
    const key = stateKeyOf(event.pdu.type, event.pdu.state_key);
    // Who made something after it has decided about it already.
    if (this.#taken.get(key)?.some((each) => isAfter(each, event)) === true) return;
    this.#take(key, event);
  }

  #take(key: string, event: ControlEvent): void {
    const taken = this.#taken.get(key);
    if (taken === undefined) this.#taken.set(key, [event]);
    else taken.push(event);
  }

  /**
   * What an event is judged on, without all that was made after it: the map; for an event that
   * is not in conflict itself, then the unconflicted state; then the auth events it cites.
   */
  #viewFor(event: ControlEvent, isAfter: IsAfter): StateView {
    const own = new Map<string, ControlEvent>();
    for (const auth of this.#input.graph.authOf(event)) {
      own.set(stateKeyOf(auth.pdu.type, auth.pdu.state_key ?? ""), auth);
    }
    const settled = !this.#input.conflicting.has(event.id);
    const needed = new Set(authTypes(event.pdu).map(([type, key]) => stateKeyOf(type, key)));
    return new ReplayView((type, stateKey) => {
      const key = stateKeyOf(type, stateKey);
      if (!needed.has(key)) return undefined;
      const replayed = this.#taken.get(key)?.findLast((each) => !isAfter(each, event));
      if (replayed !== undefined) return replayed;
      const known = settled ? this.#unconflicted([type, stateKey]) : undefined;
      return known === undefined || isAfter(known, event) ? own.get(key) : known;
    });
  }

  #unconflicted([type, stateKey]: StateAddress): ControlEvent | undefined {
    const { conflicted, unconflicted } = this.#input;
    return conflicted.has(stateKeyOf(type, stateKey))
      ? undefined
      : unconflicted.get(type, stateKey);
  }

  #holds(key: string): ControlEvent | undefined {
    return this.#taken.get(key)?.at(-1);
  }

  /**
   * Where every change of an address has failed, the address keeps what it held before the
   * inputs parted. Addresses in `pending` still have changes to be replayed.
   */
  restore(pending: ReadonlySet<string>): void {
    const { conflicted, states, graph } = this.#input;
    for (const [key, address] of conflicted) {
      if (pending.has(key) || this.#taken.has(key)) continue;
      const base = commonBase(states, address, graph);
      if (base !== undefined) this.#take(key, base);
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
