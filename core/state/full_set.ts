import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import type { AuthGraph } from "./auth_graph.ts";
import { type StateAddress, stateKeyOf, StateMap } from "./state_map.ts";

interface FullSet {
  /** F: what is replayed. */
  readonly full: ReadonlyMap<EventId, ControlEvent>;
  /** C: the conflicted events of the inputs. */
  readonly conflicting: ReadonlySet<EventId>;
  /** Whether an event of some chain is in that of this input, counted from 0. */
  readonly isInChain: (input: number, event: ControlEvent) => boolean;
}

/**
 * Step 2: F = C + auth difference + every event on an auth path between two members of C.
 * The chain of a state is its events and all their auth ancestors; the auth difference is what
 * lies in some chains but not in all. PROTOCOL.md 7.
 */
export function findFullSet(
  states: readonly StateMap[],
  { conflicted, graph }: { conflicted: ReadonlyMap<string, StateAddress>; graph: AuthGraph },
): FullSet {
  const conflictedOf = states.map((state) => eventsAt(state, conflicted));
  const all = new Map(conflictedOf.flat().map((event) => [event.id, event]));
  const full = new Map(all);
  const chains = conflictedOf.map((events) => graph.ancestors(events));
  const union = new Map(chains.flatMap((chain) => [...chain]));
  for (const [id, event] of pathsBetween(all, { union, graph })) full.set(id, event);
  const partial = new Map(
    [...union].filter(([id]) => !full.has(id) && !chains.every((chain) => chain.has(id))),
  );
  const settledAbove = (depth: number) =>
    chainOfSettled(states[0] ?? StateMap.EMPTY, conflicted, { graph, deeperThan: depth - 1 });
  for (const [id, event] of outside(partial, settledAbove, graph)) full.set(id, event);
  let settled: ReadonlyMap<EventId, ControlEvent> | undefined;
  const isInChain = (input: number, { id }: ControlEvent) => {
    // What lies outside of F is in every chain or in none.
    if (!full.has(id) || chains[input]?.has(id) === true) return true;
    settled ??= settledAbove(shallowestOf(full, graph));
    return settled.has(id);
  };
  return { full, conflicting: new Set(all.keys()), isInChain };
}

function eventsAt(state: StateMap, addresses: ReadonlyMap<string, StateAddress>): ControlEvent[] {
  return [...addresses.values()].flatMap(([type, stateKey]) => state.get(type, stateKey) ?? []);
}

/** Events of the union that rest on a conflicted event: being in the union, one rests on them too. */
function pathsBetween(
  conflicting: ReadonlyMap<EventId, ControlEvent>,
  { union, graph }: { union: ReadonlyMap<EventId, ControlEvent>; graph: AuthGraph },
): Map<EventId, ControlEvent> {
  const shallowest = shallowestOf(conflicting, graph);
  const candidates = [...union.values()].filter((event) => graph.depthOf(event) > shallowest)
    .sort((a, b) => graph.depthOf(a) - graph.depthOf(b));
  const between = new Map<EventId, ControlEvent>();
  for (const event of candidates) {
    const rests = graph.authOf(event).some(({ id }) => conflicting.has(id) || between.has(id));
    if (rests) between.set(event.id, event);
  }
  return between;
}

/** Of `partial`, what is neither in the unconflicted state nor an auth ancestor of it: that is in every chain. */
function outside(
  partial: ReadonlyMap<EventId, ControlEvent>,
  settledAbove: (depth: number) => ReadonlyMap<EventId, ControlEvent>,
  graph: AuthGraph,
): Map<EventId, ControlEvent> {
  if (partial.size === 0) return new Map();
  const chain = settledAbove(shallowestOf(partial, graph));
  return new Map([...partial].filter(([id]) => !chain.has(id)));
}

/** The unconflicted events and their auth ancestors, down to a depth. */
function chainOfSettled(
  state: StateMap,
  conflicted: ReadonlyMap<string, StateAddress>,
  { graph, deeperThan }: { readonly graph: AuthGraph; readonly deeperThan: number },
): ReadonlyMap<EventId, ControlEvent> {
  const settled: ControlEvent[] = [];
  for (const event of state.events()) {
    const { type, state_key: stateKey = "" } = event.pdu;
    if (!conflicted.has(stateKeyOf(type, stateKey))) settled.push(event);
  }
  return graph.ancestors(settled, deeperThan);
}

function shallowestOf(events: ReadonlyMap<EventId, ControlEvent>, graph: AuthGraph): number {
  let depth = Infinity;
  for (const event of events.values()) depth = Math.min(depth, graph.depthOf(event));
  return depth;
}
