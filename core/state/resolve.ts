import { authTypes } from "../auth/auth_types.ts";
import { authoriseControl } from "../auth/authorise.ts";
import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { limits } from "../limits.ts";
import { Authority } from "../permissions/authority.ts";
import type { AuthGraph } from "./auth_graph.ts";
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
  const replay = new Replay({ conflicted, conflicting, unconflicted: first, graph, states });
  const power = powerSet(full, graph);
  for (const event of sortPowerEvents(power, graph)) replay.apply(event);
  const rest = new Map([...full].filter(([id]) => !power.has(id)));
  replay.restore(addressesOf(rest));
  for (const event of sortByMainline(rest, replay.rolesEvent(), graph)) replay.apply(event);
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
  readonly conflicted: ReadonlyMap<string, StateAddress>;
  readonly conflicting: ReadonlySet<EventId>;
  /** Any input: what it holds outside `conflicted` all inputs hold. */
  readonly unconflicted: StateMap;
  readonly graph: AuthGraph;
}

/** The map of steps 4 and 5: starts empty, takes what passes. */
class Replay {
  readonly #map = new Map<string, ControlEvent>();
  readonly #input: ReplayInput;

  constructor(input: ReplayInput) {
    this.#input = input;
  }

  apply(event: ControlEvent): void {
    const { graph } = this.#input;
    const view = this.#viewFor(event);
    if (!authoriseControl(event.pdu, new Authority(view, graph.room, graph.memo)).ok) return;
    if (event.pdu.state_key === undefined) return;
    this.#map.set(stateKeyOf(event.pdu.type, event.pdu.state_key), event);
  }

  /**
   * What an event is judged on: the map; for an event that is not in conflict itself, then the
   * unconflicted state; then the auth events it cites.
   */
  #viewFor(event: ControlEvent): StateView {
    const own = new Map<string, ControlEvent>();
    for (const auth of this.#input.graph.authOf(event)) {
      own.set(stateKeyOf(auth.pdu.type, auth.pdu.state_key ?? ""), auth);
    }
    const settled = !this.#input.conflicting.has(event.id);
    const needed = new Set(authTypes(event.pdu).map(([type, key]) => stateKeyOf(type, key)));
    return new ReplayView((type, stateKey) => {
      const key = stateKeyOf(type, stateKey);
      if (!needed.has(key)) return undefined;
      return this.#map.get(key) ?? (settled ? this.#unconflicted(type, stateKey) : undefined) ??
        own.get(key);
    });
  }

  #unconflicted(type: string, stateKey: string): ControlEvent | undefined {
    const { conflicted, unconflicted } = this.#input;
    return conflicted.has(stateKeyOf(type, stateKey))
      ? undefined
      : unconflicted.get(type, stateKey);
  }

  /**
   * Where every change of an address has failed, the address keeps what it held before the
   * inputs parted. Addresses in `pending` still have changes to be replayed.
   */
  restore(pending: ReadonlySet<string>): void {
    const { conflicted, states, graph } = this.#input;
    for (const [key, address] of conflicted) {
      if (pending.has(key) || this.#map.has(key)) continue;
      const base = commonBase(states, address, graph);
      if (base !== undefined) this.#map.set(key, base);
    }
  }

  /** Where the mainline begins: the roles event of the map, else the unconflicted one. */
  rolesEvent(): ControlEvent | undefined {
    return this.#map.get(stateKeyOf("m.guild.roles", "")) ??
      this.#unconflicted("m.guild.roles", "");
  }

  /** Step 6: of the map only what some input holds an event for; the unconflicted state over it. */
  overlay(): StateMap {
    let state = largest(this.#input.states);
    for (const [key, [type, stateKey]] of this.#input.conflicted) {
      const event = this.#map.get(key);
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
