import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import { compareBytes } from "../ids/compare_bytes.ts";
import type { EventId } from "../ids/event_id.ts";
import type { AuthGraph } from "./auth_graph.ts";
import { sortByAuth } from "./sort.ts";

interface Urgency {
  /** Whether an owner event is, or rests on, this event. */
  readonly owner: boolean;
  /** Highest sender rank among this event and those that rest on it. */
  readonly rank: number;
}

/**
 * Order of the power events: by auth; among ready ones higher urgency, then lower eff_ts, then
 * smaller raw hash. An act is as urgent as the strongest act that rests on it, so that a weak
 * event cannot hold a strong one back. PROTOCOL.md 7 step 3.
 */
export function sortPowerEvents(
  power: ReadonlyMap<EventId, ControlEvent>,
  graph: AuthGraph,
): ControlEvent[] {
  const urgencies = urgenciesOf(power, graph);
  return sortByAuth(power, (event) => graph.authOf(event), (a, b) => {
    const first = urgencies.get(a.id);
    const second = urgencies.get(b.id);
    assert(first !== undefined && second !== undefined, "every power event has an urgency");
    if (first.owner !== second.owner) return first.owner ? -1 : 1;
    if (first.rank !== second.rank) return first.rank > second.rank ? -1 : 1;
    return compareAge(a, b, graph);
  });
}

/** Lower eff_ts, then smaller raw hash. */
export function compareAge(a: ControlEvent, b: ControlEvent, graph: AuthGraph): number {
  return graph.effTsOf(a) - graph.effTsOf(b) || compareBytes(a.hash, b.hash);
}

function urgenciesOf(
  power: ReadonlyMap<EventId, ControlEvent>,
  graph: AuthGraph,
): Map<EventId, Urgency> {
  const urgencies = new Map<EventId, Urgency>();
  for (const event of power.values()) {
    urgencies.set(event.id, {
      owner: event.pdu.type === "m.guild.owner",
      rank: graph.senderRankOf(event),
    });
  }
  const deepestFirst = [...power.values()].sort((a, b) => graph.depthOf(b) - graph.depthOf(a));
  for (const event of deepestFirst) {
    const own = urgencies.get(event.id);
    if (own === undefined) continue;
    for (const auth of graph.authOf(event)) {
      const known = urgencies.get(auth.id);
      if (known === undefined) continue;
      urgencies.set(auth.id, {
        owner: known.owner || own.owner,
        rank: Math.max(known.rank, own.rank),
      });
    }
  }
  return urgencies;
}
