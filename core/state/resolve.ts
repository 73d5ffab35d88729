import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { limits } from "../limits.ts";
import type { AuthGraph } from "./auth_graph.ts";
import { findFullSet } from "./full_set.ts";
import { isPowerEvent } from "./is_power_event.ts";
import { sortByMainline } from "./mainline.ts";
import { sortPowerEvents } from "./power_order.ts";
import { Replay } from "./replay.ts";
import { type StateAddress, stateKeyOf, type StateMap } from "./state_map.ts";

export type Resolution =
  | {
    readonly kind: "resolved";
    readonly state: StateMap;
    /** How many events were replayed; 0 where nothing was in conflict. */
    readonly replayed: number;
  }
  /** Not resolved: `size` is above `fullSetMax`. It counts F, and the work of finding its descendants. */
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
  const { full, conflicting, isInChain } = findFullSet(states, { conflicted, graph });
  if (full.size > fullSetMax) return { kind: "too_large", size: full.size };
  const replay = new Replay({ states, conflicted, full, conflicting, isInChain, graph });
  if (replay.cost > fullSetMax) return { kind: "too_large", size: replay.cost };
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
