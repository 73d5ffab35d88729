import type { ControlEvent, HeldEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import type { RoomFacts } from "../../core/rules/room_facts.ts";
import { type ControlSource, RoomGraph } from "../../core/state/room_graph.ts";
import type {
  Concerned,
  Concerning,
  GraphEnd,
  InboundRoom,
  InboundRooms,
  Known,
  PostsQuery,
  RoomChange,
  SoftFailedQuery,
  ThreadQuery,
} from "../../federation/inbound/ports.ts";
import { MemoryQueries } from "./memory_queries.ts";
import type { MemoryStore } from "./memory_store.ts";

/** Time that a store takes; a process that ended meanwhile never goes on. */
export type Pace = () => Promise<void>;

export type OpenGraph = (source: ControlSource, facts: RoomFacts) => RoomGraph;

/**
 * One life's hold on a room: what is remembered here ends with the process, what is stored does
 * not. Stands where `server/rooms` and Postgres stand in production.
 */
export class MemoryRoom implements InboundRoom {
  readonly id: RoomId;
  readonly facts;
  readonly graph: RoomGraph;
  readonly #store: MemoryStore;
  readonly #queries: MemoryQueries;
  readonly #pace: Pace;
  readonly #nowMs: () => number;
  readonly #stored: (change: RoomChange) => void;
  #end: GraphEnd;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly store: MemoryStore;
    readonly pace: Pace;
    readonly nowMs: () => number;
    readonly stored: (change: RoomChange) => void;
    /** Default: the engine's own. */
    readonly openGraph?: OpenGraph;
  }) {
    const { store } = options;
    this.#store = store;
    this.#queries = new MemoryQueries(store);
    this.#pace = options.pace;
    this.#nowMs = options.nowMs;
    this.#stored = options.stored;
    this.id = store.facts.roomId;
    this.facts = store.facts;
    const openGraph = options.openGraph ?? ((source, facts) => new RoomGraph(source, facts));
    this.graph = openGraph(sourceOf(store), store.facts);
    const authority = new Authority(store.state, store.facts, this.graph.memo);
    this.#end = { heads: store.heads, state: store.state, authority };
  }

  get end(): GraphEnd {
    return this.#end;
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  /** The simulated room is a guild itself. */
  guild(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async find(ids: readonly EventId[]): Promise<readonly Known[]> {
    await this.#pace();
    return ids.flatMap((id) => this.#store.known.get(id) ?? []);
  }

  async concerning({ missing, redacted, purged }: Concerned): Promise<Concerning> {
    await this.#pace();
    return {
      children: this.#store.childrenOfMissing(missing),
      redactions: this.#queries.redactionsOf(redacted),
      purges: this.#queries.purgesOf(purged),
    };
  }

  async timelineFrom(channelId: ChannelId, query: { order: number; limit: number }) {
    await this.#pace();
    return this.#store.timeline(channelId).filter(({ order = 0 }) => order >= query.order)
      .slice(0, query.limit);
  }

  editsOf(ids: readonly EventId[]): Promise<readonly Known[]> {
    return this.#ask(() => this.#queries.editsOf(ids));
  }

  controlOf(type: string, limit: number): Promise<readonly Known[]> {
    return this.#ask(() => this.#queries.controlOf(type, limit));
  }

  postTimes(query: PostsQuery): Promise<readonly number[]> {
    return this.#ask(() => this.#queries.postTimes(query));
  }

  threadEvents(thread: ThreadQuery): Promise<readonly Known[]> {
    return this.#ask(() => this.#queries.threadEvents(thread));
  }

  softFailed(query: { readonly sinceTs: number; readonly limit: number }) {
    return this.#ask<readonly Known[]>(() => this.#queries.softFailed(query));
  }

  countSoftFailed(server: ServerName, limit: number): Promise<number> {
    const all = { sinceTs: 0, limit: Infinity };
    return this.#ask(() =>
      Math.min(
        limit,
        this.#queries.softFailed(all).filter(({ event }) => serverOf(event.pdu.sender) === server)
          .length,
      )
    );
  }

  forgetRejected(server: ServerName, keep: number): Promise<number> {
    return this.#ask(() => this.#store.forgetRejected(server, keep));
  }

  withheld(query: { readonly sinceTs: number; readonly limit: number }) {
    return this.#ask<readonly HeldEvent[]>(() => this.#queries.withheld(query));
  }

  async #ask<Answer>(read: () => Answer): Promise<Answer> {
    await this.#pace();
    return read();
  }

  /** Contents have gone or come: the events of every state are those that are held now. */
  #reread(): void {
    this.#store.reread();
    this.graph.unload();
    const { state, heads, facts } = this.#store;
    this.#end = { heads, state, authority: new Authority(state, facts, this.graph.memo) };
  }

  async store(change: RoomChange): Promise<void> {
    await this.#pace();
    this.#store.apply(change, this.#nowMs());
    if (change.end !== undefined) this.#end = change.end;
    if (change.reread) this.#reread();
    this.#stored(change);
    await this.#pace();
  }
}

function sourceOf(store: MemoryStore): ControlSource {
  return {
    events: () => Promise.resolve(store.control()),
    stateAfter: (id) => {
      const state = store.after.get(id);
      if (state === undefined) throw new Error(`No state is stored after ${id}.`);
      return Promise.resolve([...state.events()]);
    },
  };
}

/** The rooms of a server that holds one. */
export class MemoryRooms implements InboundRooms {
  readonly #room: MemoryRoom;

  constructor(room: MemoryRoom) {
    this.#room = room;
  }

  open(id: RoomId): Promise<InboundRoom | undefined> {
    return Promise.resolve(id === this.#room.id ? this.#room : undefined);
  }

  async withheld(query: { readonly sinceTs: number; readonly limit: number }) {
    return await this.#room.withheld(query);
  }

  async withSoftFailed({ sinceTs, guild }: SoftFailedQuery): Promise<readonly RoomId[]> {
    if (guild !== undefined) return [];
    const found = await this.#room.softFailed({ sinceTs, limit: 1 });
    return found.length === 0 ? [] : [this.#room.id];
  }

  begin(create: ControlEvent): Promise<InboundRoom> {
    return Promise.reject(new Error(`This server holds one room, not ${create.roomId}.`));
  }
}
