import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import type { AuthGraph } from "./auth_graph.ts";
import { compareAge } from "./power_order.ts";
import { sortByAuth } from "./sort.ts";

/**
 * Order of all other events: by auth; among ready ones by the place of their roles table on
 * the chain of roles events that leads to `roles`, older first, those without one before all;
 * then lower eff_ts, then smaller raw hash. PROTOCOL.md 7 step 5.
 */
export function sortByMainline(
  events: ReadonlyMap<EventId, ControlEvent>,
  roles: ControlEvent | undefined,
  graph: AuthGraph,
): ControlEvent[] {
  const mainline = new Mainline(roles, graph);
  const places = new Map([...events.values()].map((event) => [event.id, mainline.placeOf(event)]));
  return sortByAuth(events, (event) => graph.authOf(event), (a, b) => {
    const difference = (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0);
    return difference || compareAge(a, b, graph);
  });
}

class Mainline {
  readonly #graph: AuthGraph;
  /** Place by roles event: 0 off the chain, 1 the oldest of the chain. */
  readonly #places = new Map<EventId, number>();

  constructor(roles: ControlEvent | undefined, graph: AuthGraph) {
    this.#graph = graph;
    const chain: ControlEvent[] = [];
    for (let at = roles; at !== undefined; at = this.#rolesOf(at)) chain.push(at);
    chain.reverse().forEach((event, index) => this.#places.set(event.id, index + 1));
  }

  placeOf(event: ControlEvent): number {
    const walked: EventId[] = [];
    let place = 0;
    for (let at = this.#rolesOf(event); at !== undefined; at = this.#rolesOf(at)) {
      const known = this.#places.get(at.id);
      if (known !== undefined) {
        place = known;
        break;
      }
      walked.push(at.id);
    }
    for (const id of walked) this.#places.set(id, place);
    return place;
  }

  #rolesOf(event: ControlEvent): ControlEvent | undefined {
    return this.#graph.authOf(event).find(({ pdu }) => pdu.type === "m.guild.roles");
  }
}
