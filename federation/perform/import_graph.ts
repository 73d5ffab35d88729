import { authoriseControl } from "../../core/auth/authorise.ts";
import { checkCited } from "../../core/auth/check_cited.ts";
import { checkAuthEvents } from "../../core/auth/select_auth_events.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import { reasonOf } from "../../core/event/receipt_reason.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { sortEventIds } from "../../core/ids/sort_event_ids.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { assert } from "../../core/assert.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { AuthorityMemo } from "../../core/permissions/authority_memo.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { putNewest } from "../../core/put_newest.ts";

/** Authorities over states that are kept; one before them is computed again from a checkpoint. */
const AUTHORITIES_MAX = 256;
/** Resolved sets of parents that are kept. */
const RESOLUTIONS_MAX = 64;
/** Every so many events the state after one is kept for good: 6 KiB each in a large guild. */
const CHECKPOINT_EVERY = 128;

/** An event that passed steps 4 and 5, and what it made of the state. */
export interface GraphStep {
  readonly event: ControlEvent;
  /** The parent from whose after-state `after` is told; undefined for the create event. */
  readonly base: EventId | undefined;
  readonly beforeBase: StateMap;
  readonly after: StateMap;
}

export type StepOutcome =
  | { readonly kind: "accepted"; readonly step: GraphStep }
  | { readonly kind: "known" }
  /** It cites what is not held: it and all that rests on it cannot be used. */
  | { readonly kind: "wait"; readonly missing: readonly EventId[] }
  | { readonly kind: "reject"; readonly reason: string };

/**
 * A control graph that is built from nothing but what is handed in, parents first. Steps 4 and 5
 * of PROTOCOL.md 7 for every event, each on the state before it, forks resolved; nothing of the
 * present is looked at. Signatures are the caller's part.
 */
export class ImportGraph {
  readonly facts: RoomFacts;
  readonly create: ControlEvent;
  readonly #events = new Map<EventId, ControlEvent>();
  readonly #rejected = new Set<EventId>();
  readonly #heads = new Set<EventId>();
  readonly #checkpoints = new Map<EventId, StateMap>();
  readonly #recent = new Map<EventId, Authority>();
  readonly #resolved = new Map<string, StateMap>();
  readonly #memo = new AuthorityMemo();
  readonly #auth: AuthGraph;

  private constructor(create: ControlEvent, facts: RoomFacts) {
    this.facts = facts;
    this.create = create;
    this.#auth = new AuthGraph({ get: (id) => this.#events.get(id) }, facts, this.#memo);
    this.#events.set(create.id, create);
    this.#heads.add(create.id);
    this.#checkpoints.set(create.id, StateMap.EMPTY.with(create));
  }

  /** The graph of a room whose create event this is; undefined where it is none. */
  static begin(create: ControlEvent): ImportGraph | undefined {
    const facts = create.pdu.type === "m.room.create" ? roomFacts(create) : undefined;
    return facts === undefined ? undefined : new ImportGraph(create, facts);
  }

  get size(): number {
    return this.#events.size;
  }

  has(id: EventId): boolean {
    return this.#events.has(id);
  }

  get heads(): readonly EventId[] {
    return sortEventIds(this.#heads);
  }

  /** The state that follows from all heads. */
  current(): StateMap {
    return this.#stateAfterAll(this.heads);
  }

  /** Servers with somebody joined at its end; first that of who made the room, whom nobody chose. */
  residents(): readonly ServerName[] {
    const joined = new Authority(this.current(), this.facts, this.#memo).joinedServers();
    const maker = serverOf(this.create.pdu.sender);
    return joined.has(maker) ? [...new Set([maker, ...joined])] : [...joined];
  }

  /** What is stored for the create event itself. */
  first(): GraphStep {
    const after = StateMap.EMPTY.with(this.create);
    return { event: this.create, base: undefined, beforeBase: StateMap.EMPTY, after };
  }

  /** Takes an event whose signatures are verified. */
  add(event: ControlEvent): StepOutcome {
    if (this.#events.has(event.id)) return { kind: "known" };
    if (event.roomId !== this.create.roomId) {
      return this.#reject(event, reasonOf("wrong_room", "is of another room"));
    }
    const cited = checkCited(event, (id) => {
      const held = this.#events.get(id);
      if (held !== undefined) return { kind: "held", event: held };
      return { kind: this.#rejected.has(id) ? "rejected" : "unknown" };
    });
    if (cited.kind === "wait") return cited;
    if (cited.kind === "reject") return this.#reject(event, reasonOf("cited", cited.reason));
    const parents = event.pdu.prev_events;
    const [base] = parents;
    if (base === undefined) return this.#reject(event, reasonOf("cited", "has no parents"));
    const authority = this.#authorityAfter(parents);
    const exact = checkAuthEvents(event.pdu, authority.view);
    const verdict = exact.ok ? authoriseControl(event.pdu, authority) : exact;
    if (!verdict.ok) return this.#reject(event, reasonOf(verdict.rule, verdict.reason));
    return { kind: "accepted", step: this.#accept(event, { base, authority }) };
  }

  #accept(
    event: ControlEvent,
    { base, authority }: { readonly base: EventId; readonly authority: Authority },
  ): GraphStep {
    const beforeBase = event.pdu.prev_events.length === 1
      ? stateOf(authority)
      : this.#stateAfter(base);
    const next = authorityAfter(authority, event);
    this.#events.set(event.id, event);
    for (const id of event.pdu.prev_events) this.#heads.delete(id);
    this.#heads.add(event.id);
    putNewest(this.#recent, { key: event.id, value: next, max: AUTHORITIES_MAX });
    if (this.#events.size % CHECKPOINT_EVERY === 0) {
      this.#checkpoints.set(event.id, stateOf(next));
    }
    return { event, base, beforeBase, after: stateOf(next) };
  }

  #reject(event: ControlEvent, reason: string): StepOutcome {
    this.#rejected.add(event.id);
    return { kind: "reject", reason };
  }

  #authorityAfter(parents: readonly EventId[]): Authority {
    const [only] = parents;
    const known = parents.length === 1 && only !== undefined ? this.#recent.get(only) : undefined;
    return known ?? new Authority(this.#stateAfterAll(parents), this.facts, this.#memo);
  }

  #stateAfterAll(parents: readonly EventId[]): StateMap {
    const [only] = parents;
    if (parents.length === 1 && only !== undefined) return this.#stateAfter(only);
    const key = sortEventIds(parents).join(",");
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const resolution = resolve(parents.map((id) => this.#stateAfter(id)), {
      graph: this.#auth,
      fullSetMax: Infinity,
    });
    assert(resolution.kind === "resolved", "a resolution without bound always ends");
    putNewest(this.#resolved, { key, value: resolution.state, max: RESOLUTIONS_MAX });
    return resolution.state;
  }

  /** From what is kept, or by going back to it and forth again. */
  #stateAfter(wanted: EventId): StateMap {
    const made = new Map<EventId, StateMap>();
    const stack = [wanted];
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      if (this.#keptAfter(id) ?? made.get(id)) {
        stack.pop();
        continue;
      }
      const event = this.#events.get(id);
      assert(event !== undefined, `the graph holds ${id}`);
      const parents = event.pdu.prev_events;
      const missing = parents.filter((parent) => !this.#keptAfter(parent) && !made.has(parent));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      const before = this.#before(parents, (parent) => made.get(parent));
      made.set(id, event.pdu.state_key === undefined ? before : before.with(event));
    }
    const state = this.#keptAfter(wanted) ?? made.get(wanted);
    assert(state !== undefined, "the state after a held event follows from its parents'");
    return state;
  }

  #keptAfter(id: EventId): StateMap | undefined {
    const recent = this.#recent.get(id);
    return recent === undefined ? this.#checkpoints.get(id) : stateOf(recent);
  }

  #before(parents: readonly EventId[], made: (id: EventId) => StateMap | undefined): StateMap {
    const known = this.#resolved.get(sortEventIds(parents).join(","));
    if (known !== undefined) return known;
    const states = parents.map((id) => made(id) ?? this.#keptAfter(id));
    const resolution = resolve(states.filter((state) => state !== undefined), {
      graph: this.#auth,
      fullSetMax: Infinity,
    });
    assert(resolution.kind === "resolved", "a resolution without bound always ends");
    return resolution.state;
  }
}

function stateOf(authority: Authority): StateMap {
  assert(authority.view instanceof StateMap, "an imported state is a StateMap");
  return authority.view;
}

function authorityAfter(authority: Authority, event: ControlEvent): Authority {
  const { type, state_key: key } = event.pdu;
  if (key === undefined) return authority;
  return authority.next(stateOf(authority).with(event), [[type, key]]);
}
