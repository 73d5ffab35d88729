import type { ControlEvent } from "../event/event.ts";
import type { AuthGraph } from "./auth_graph.ts";
import type { StateAddress, StateMap } from "./state_map.ts";

/**
 * What an address held before the inputs parted: the nearest event that each input's event
 * there is or replaced, directly or through others. Undefined where some input holds nothing
 * there, or where they have none in common. PROTOCOL.md 7 (base).
 */
export function commonBase(
  states: readonly StateMap[],
  [type, stateKey]: StateAddress,
  graph: AuthGraph,
): ControlEvent | undefined {
  const [first, ...others] = states.map((state) => state.get(type, stateKey));
  let base = first;
  for (const other of others) base = nearestCommon(base, other, graph);
  return base;
}

function nearestCommon(
  a: ControlEvent | undefined,
  b: ControlEvent | undefined,
  graph: AuthGraph,
): ControlEvent | undefined {
  // The deeper one steps back: a replaced event is always less deep than what replaced it.
  while (a !== undefined && b !== undefined && a.id !== b.id) {
    if (graph.depthOf(a) >= graph.depthOf(b)) a = replacedBy(a, graph);
    else b = replacedBy(b, graph);
  }
  return b === undefined ? undefined : a;
}

/** The event whose place `event` took: the one of its own address that it cites. */
export function replacedBy(event: ControlEvent, graph: AuthGraph): ControlEvent | undefined {
  const { type, state_key: stateKey } = event.pdu;
  return graph.authOf(event).find(({ pdu }) => pdu.type === type && pdu.state_key === stateKey);
}

/** The event and all whose place it took, directly or through others: the newest first. */
export function lineOf(event: ControlEvent, graph: AuthGraph): readonly ControlEvent[] {
  const line: ControlEvent[] = [];
  for (let at: ControlEvent | undefined = event; at !== undefined; at = replacedBy(at, graph)) {
    line.push(at);
  }
  return line;
}
