import assert from "node:assert/strict";
import { authorise } from "../../core/auth/authorise.ts";
import { checkAuthEvents } from "../../core/auth/select_auth_events.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import type { RoomFacts } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";

export type Resolve = typeof resolve;

/** A receiver that knows nothing but what it is given, in the order it is given. */
export class Receiver {
  readonly events = new Map<EventId, ControlEvent>();
  readonly states = new Map<EventId, StateMap>();
  readonly #graph: AuthGraph;
  readonly #resolve: Resolve;
  readonly #facts: RoomFacts;
  #heads = new Set<EventId>();

  constructor(facts: RoomFacts, resolver: Resolve = resolve) {
    this.#facts = facts;
    this.#graph = new AuthGraph(this.events, facts);
    this.#resolve = resolver;
  }

  #after(parents: Iterable<EventId>): StateMap {
    const states = [...parents].map((id) => {
      const state = this.states.get(id);
      assert(state !== undefined, `no state after ${id}`);
      return state;
    });
    if (states.length === 0) return StateMap.EMPTY;
    const resolution = this.#resolve(states, { graph: this.#graph });
    assert(resolution.kind === "resolved");
    return resolution.state;
  }

  /** Steps 5 and on for one event; true where it was accepted. */
  receive(event: ControlEvent): boolean {
    const before = this.#after(event.pdu.prev_events);
    const ok = checkAuthEvents(event.pdu, before).ok &&
      authorise(event.pdu, new Authority(before, this.#facts)).ok;
    if (!ok) return false;
    this.events.set(event.id, event);
    this.states.set(event.id, event.pdu.state_key === undefined ? before : before.with(event));
    for (const id of event.pdu.prev_events) this.#heads.delete(id);
    this.#heads.add(event.id);
    return true;
  }

  current(): StateMap {
    return this.#after(this.#heads);
  }
}

/** Address and event id of everything, sorted: equal exactly where two states are equal. */
export function print(state: StateMap): string {
  return [...state.entries()].map(([key, { id }]) => `${key} ${id}`).sort().join("\n");
}

/** Types of which every test room holds its events before branches part. */
const FOUNDED: ReadonlySet<string> = new Set([
  "m.room.member",
  "m.guild.owner",
  "m.guild.roles",
  "m.guild.member_roles",
  "m.channel.policy",
  "m.room.join_rules",
]);

/** What was there before the branches parted is still there, in one version or another. */
export function assertNothingLost(states: readonly StateMap[], resolved: StateMap): void {
  const [first, ...others] = states;
  for (const { pdu } of first?.events() ?? []) {
    const { type, state_key: stateKey = "" } = pdu;
    if (!FOUNDED.has(type)) continue;
    if (!others.every((state) => state.get(type, stateKey) !== undefined)) continue;
    assert(resolved.get(type, stateKey) !== undefined, `${type} ${stateKey} is lost`);
  }
}
