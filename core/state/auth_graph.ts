import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { Authority } from "../permissions/authority.ts";
import { AuthorityMemo } from "../permissions/authority_memo.ts";
import type { RoomFacts } from "../rules/room_facts.ts";
import type { ControlLookup } from "./control_graph.ts";
import { ParentOrder } from "./parent_order.ts";
import { StateMap } from "./state_map.ts";

interface Facts {
  readonly auth: readonly ControlEvent[];
  /** 1 + the highest depth among its auth events; 1 without any. */
  readonly depth: number;
  readonly effTs: number;
}

/**
 * A room's graph of auth events, with what section 7 computes from an event's ancestors alone.
 * Such facts never change, so one graph serves a room for as long as its process lives.
 */
export class AuthGraph {
  readonly room: RoomFacts;
  readonly memo: AuthorityMemo;
  readonly order = new ParentOrder((event) => this.parentsOf(event));
  readonly #lookup: ControlLookup;
  readonly #facts = new Map<EventId, Facts>();
  readonly #ranks = new Map<EventId, number>();

  constructor(lookup: ControlLookup, room: RoomFacts, memo = new AuthorityMemo()) {
    this.#lookup = lookup;
    this.room = room;
    this.memo = memo;
  }

  /** The held auth events of an accepted event: all of them. */
  authOf(event: ControlEvent): readonly ControlEvent[] {
    return this.#factsOf(event).auth;
  }

  depthOf(event: ControlEvent): number {
    return this.#factsOf(event).depth;
  }

  /** The held parents of an accepted event: all of them. */
  parentsOf(event: ControlEvent): readonly ControlEvent[] {
    return event.pdu.prev_events.map((id) => this.#held(id));
  }

  /** max(origin_ts, eff_ts of its auth events): no event is older than its authority. PROTOCOL.md 7. */
  effTsOf(event: ControlEvent): number {
    return this.#factsOf(event).effTs;
  }

  /** The sender's rank as the event's own auth events give it; the first owner event's is infinite. */
  senderRankOf(event: ControlEvent): number {
    const known = this.#ranks.get(event.id);
    if (known !== undefined) return known;
    const rank = this.#readRank(event);
    this.#ranks.set(event.id, rank);
    return rank;
  }

  #readRank(event: ControlEvent): number {
    if (event.pdu.type === "m.guild.owner") return Infinity;
    const view = StateMap.from(this.authOf(event));
    return new Authority(view, this.room, this.memo).rank(event.pdu.sender);
  }

  /** All of `from` and their auth ancestors. `deeperThan` leaves out ancestors of that depth or less. */
  ancestors(from: Iterable<ControlEvent>, deeperThan = 0): Map<EventId, ControlEvent> {
    const found = new Map<EventId, ControlEvent>();
    const stack: ControlEvent[] = [];
    const visit = (event: ControlEvent) => {
      if (found.has(event.id) || this.depthOf(event) <= deeperThan) return;
      found.set(event.id, event);
      stack.push(event);
    };
    for (const event of from) visit(event);
    for (let event = stack.pop(); event !== undefined; event = stack.pop()) {
      for (const auth of this.authOf(event)) visit(auth);
    }
    return found;
  }

  #factsOf(event: ControlEvent): Facts {
    const known = this.#facts.get(event.id);
    if (known !== undefined) return known;
    // A stack of our own: auth chains grow longer than the call stack allows.
    const stack = [event];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const auth = top.pdu.auth_events.map((id) => this.#held(id));
      const waiting = auth.filter(({ id }) => !this.#facts.has(id));
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      stack.pop();
      if (!this.#facts.has(top.id)) this.#facts.set(top.id, this.#derive(top, auth));
    }
    const made = this.#facts.get(event.id);
    assert(made !== undefined, "facts of an event follow from those of its auth events");
    return made;
  }

  #derive(event: ControlEvent, auth: readonly ControlEvent[]): Facts {
    let depth = 0;
    let effTs = event.pdu.origin_ts;
    for (const { id } of auth) {
      const facts = this.#facts.get(id);
      assert(facts !== undefined, "auth events are derived first");
      depth = Math.max(depth, facts.depth);
      effTs = Math.max(effTs, facts.effTs);
    }
    return { auth, depth: depth + 1, effTs };
  }

  #held(id: EventId): ControlEvent {
    const event = this.#lookup.get(id);
    assert(event !== undefined, `an accepted event cites ${id}, which is not held`);
    return event;
  }
}
