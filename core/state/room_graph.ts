import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { sortEventIds } from "../ids/sort_event_ids.ts";
import { limits } from "../limits.ts";
import { Authority } from "../permissions/authority.ts";
import { AuthorityMemo } from "../permissions/authority_memo.ts";
import type { RoomFacts } from "../rules/room_facts.ts";
import { AuthGraph } from "./auth_graph.ts";
import { type Resolution, resolve } from "./resolve.ts";
import { StateMap } from "./state_map.ts";
import { putNewest } from "../put_newest.ts";

/** States after single events that are kept; they share what they have in common. */
const STATES_MAX = 512;
/** Resolved sets of heads that are kept. */
const RESOLUTIONS_MAX = 256;
/** Events that may not be stored yet, and so are missing when the graph is read. */
const NOTED_MAX = 2048;

/** Where a room's control graph is read from. Rejected events are in no graph. */
export interface ControlSource {
  /** Every control event of the room that is held. */
  events(): Promise<Iterable<ControlEvent>>;
  /** The events of the state after a held one; those that `known` has need not be read. */
  stateAfter(
    id: EventId,
    known: (id: EventId) => ControlEvent | undefined,
  ): Promise<Iterable<ControlEvent>>;
}

export interface RoomGraphOptions {
  /** Default: that of the protocol. */
  readonly foregroundMax?: number;
  /** Runs each resolution, and may measure it. */
  readonly timed?: <Answer>(work: () => Answer) => Answer;
}

interface Loaded {
  readonly events: Map<EventId, ControlEvent>;
  readonly auth: AuthGraph;
}

/**
 * A room's control graph and the states in it. The whole graph is read once, when it forks for
 * the first time, and kept up to date from then on; a graph that never forks is never read.
 * Everything it remembers can be dropped at any time and is read again. PROTOCOL.md 7.
 */
export class RoomGraph {
  readonly facts: RoomFacts;
  /** Full conflicted sets up to this size are resolved while somebody waits. */
  readonly foregroundMax: number;
  readonly memo = new AuthorityMemo();
  readonly #source: ControlSource;
  readonly #timed: NonNullable<RoomGraphOptions["timed"]>;
  readonly #states = new Map<EventId, StateMap>();
  readonly #resolved = new Map<string, Authority>();
  readonly #noted = new Map<EventId, ControlEvent>();
  #loaded: Loaded | undefined;
  #loading: Promise<Loaded> | undefined;

  constructor(
    source: ControlSource,
    facts: RoomFacts,
    options: RoomGraphOptions = {},
  ) {
    this.#source = source;
    this.facts = facts;
    this.foregroundMax = options.foregroundMax ?? limits.receive.maxForegroundConflict;
    this.#timed = options.timed ?? ((work) => work());
  }

  /** Events held in memory: what `unload` frees. */
  get size(): number {
    return this.#loaded?.events.size ?? 0;
  }

  /** Drops everything; also what events said before they were redacted. */
  unload(): void {
    this.#loaded = undefined;
    this.#loading = undefined;
    this.#states.clear();
    this.#resolved.clear();
    this.#noted.clear();
  }

  /** Takes back what `note` said of an event that is not stored after all. */
  forget(id: EventId): void {
    this.#states.delete(id);
    this.#noted.delete(id);
    this.#loaded?.events.delete(id);
  }

  /** An event that belongs to the graph from now on, and the state after it. */
  note(event: ControlEvent, after: StateMap): void {
    putNewest(this.#states, { key: event.id, value: after, max: STATES_MAX });
    putNewest(this.#noted, { key: event.id, value: event, max: NOTED_MAX });
    const loaded = this.#loaded;
    if (loaded === undefined) return;
    const { prev_events: parents, auth_events: authority } = event.pdu;
    const closed = [...parents, ...authority].every((id) => loaded.events.has(id));
    // It rests on what another process stored: the graph is read again when it is needed.
    if (closed) loaded.events.set(event.id, event);
    else this.#loaded = undefined;
  }

  /** The events by id, the whole graph. */
  async events(): Promise<ReadonlyMap<EventId, ControlEvent>> {
    return (await this.#load()).events;
  }

  async stateAfter(id: EventId): Promise<StateMap> {
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const loaded = this.#loaded?.events;
    const events = await this.#source.stateAfter(id, (each) => loaded?.get(each));
    const state = StateMap.from(events);
    putNewest(this.#states, { key: id, value: state, max: STATES_MAX });
    return state;
  }

  /**
   * Authority over the state that follows from the states after these events; undefined where
   * their conflict is larger than `fullSetMax` and was not resolved yet.
   */
  async authorityAfter(
    ids: readonly EventId[],
    options: { readonly fullSetMax?: number } = {},
  ): Promise<Authority | undefined> {
    const key = sortEventIds(ids).join(",");
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const resolution = await this.#resolve(ids, options);
    if (resolution.kind === "too_large") return undefined;
    const authority = new Authority(resolution.state, this.facts, this.memo);
    putNewest(this.#resolved, { key, value: authority, max: RESOLUTIONS_MAX });
    return authority;
  }

  /** As `authorityAfter`, the state alone. */
  async stateAfterAll(
    ids: readonly EventId[],
    options: { readonly fullSetMax?: number } = {},
  ): Promise<StateMap | undefined> {
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) return await this.stateAfter(only);
    const view = (await this.authorityAfter(ids, options))?.view;
    assert(view === undefined || view instanceof StateMap, "a resolved state is a StateMap");
    return view;
  }

  async #resolve(
    ids: readonly EventId[],
    options: { readonly fullSetMax?: number },
  ): Promise<Resolution> {
    assert(ids.length > 0, "a state follows from at least one event");
    const states: StateMap[] = [];
    for (const id of ids) states.push(await this.stateAfter(id));
    const [first] = states;
    if (states.length === 1 && first !== undefined) {
      return { kind: "resolved", state: first, replayed: 0 };
    }
    let loaded = await this.#load();
    if (!ids.every((id) => loaded.events.has(id))) {
      // Another process stored one of them.
      this.#loaded = undefined;
      loaded = await this.#load();
      assert(ids.every((id) => loaded.events.has(id)), "heads to be resolved are held");
    }
    const { fullSetMax = this.foregroundMax } = options;
    return this.#timed(() => resolve(states, { graph: loaded.auth, fullSetMax }));
  }

  async #load(): Promise<Loaded> {
    if (this.#loaded !== undefined) return this.#loaded;
    const loading = this.#loading ?? this.#read();
    this.#loading = loading;
    try {
      const loaded = await loading;
      for (const [id, event] of this.#noted) loaded.events.set(id, event);
      // Unless it was unloaded meanwhile: then this answer alone rests on what was read.
      if (this.#loading === loading) this.#loaded = loaded;
      return loaded;
    } finally {
      if (this.#loading === loading) this.#loading = undefined;
    }
  }

  async #read(): Promise<Loaded> {
    const events = new Map<EventId, ControlEvent>();
    for (const event of await this.#source.events()) events.set(event.id, event);
    return { events, auth: new AuthGraph(events, this.facts, this.memo) };
  }
}
