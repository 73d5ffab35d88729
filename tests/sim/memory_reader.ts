import { type HeldEvent, isControlEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import type {
  AuthorityNeeds,
  BackQuery,
  ControlPage,
  ReadableRoom,
  ReadEvent,
  RoomReader,
} from "../../federation/handle/ports.ts";
import type { MemoryStore } from "./memory_store.ts";
import type { StoredKnown } from "./stored_known.ts";

/** What other servers may ask of a store. */
export class MemoryReader implements RoomReader {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  open(roomId: RoomId): Promise<ReadableRoom | undefined> {
    const { facts } = this.#store;
    return Promise.resolve(roomId === facts.roomId ? new Readable(this.#store) : undefined);
  }
}

class Readable implements ReadableRoom {
  readonly id: RoomId;
  readonly authority: Authority;
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.id = store.facts.roomId;
    this.authority = store.authority();
    this.#store = store;
  }

  heads(): ReturnType<ReadableRoom["heads"]> {
    const channels = new Map<ChannelId, readonly EventId[]>();
    for (const [channelId, heads] of this.#store.channelHeads) {
      channels.set(channelId, [...heads.keys()]);
    }
    return Promise.resolve({ control: this.#store.heads, channels });
  }

  events(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, ReadEvent>> {
    const found = new Map<EventId, ReadEvent>();
    for (const id of ids) {
      const known = this.#store.known.get(id);
      if (known === undefined || known.outcome === "rejected") continue;
      found.set(id, { event: known.event, served: this.#served(known) });
    }
    return Promise.resolve(found);
  }

  /** A soft-failed control event from which an accepted one descends is accepted in the store. */
  #served(known: StoredKnown): boolean {
    return known.outcome === "accepted";
  }

  back({ channelId, from, limit }: BackQuery): Promise<readonly HeldEvent[]> {
    const { known } = this.#store;
    const begin = from.map((id) => known.get(id)).filter((each) =>
      each !== undefined && this.#served(each)
    ) as StoredKnown[];
    if (channelId === undefined) {
      const all = [...known.values()].filter((each) =>
        isControlEvent(each.event) && this.#served(each)
      ).reverse();
      const at = all.findIndex(({ event }) => begin.some((each) => each.event.id === event.id));
      const page = at < 0 ? [] : all.slice(at, at + limit);
      return Promise.resolve(page.map(({ event }) => event));
    }
    const newest = Math.max(...begin.map(({ order = 0 }) => order), -Infinity);
    const page = this.#store.timeline(channelId).filter((each) =>
      this.#served(each) && (each.order ?? 0) <= newest
    ).reverse();
    return Promise.resolve(page.slice(0, limit).map(({ event }) => event));
  }

  controlPage({ from, limit }: { from?: string; limit: number }): Promise<ControlPage> {
    const all = this.#store.control().filter(({ id }) => {
      const known = this.#store.known.get(id);
      return known !== undefined && this.#served(known);
    });
    const start = Number(from ?? 0) || 0;
    const next = start + limit < all.length ? String(start + limit) : null;
    return Promise.resolve({ events: all.slice(start, start + limit), next, total: all.length });
  }

  stateAfter(id: EventId): Promise<readonly EventId[] | undefined> {
    const state = this.#store.after.get(id);
    return Promise.resolve(state === undefined ? undefined : [...state.events()].map((e) => e.id));
  }

  authorityAt(
    refs: readonly EventId[],
    _needs: AuthorityNeeds,
  ): Promise<Authority | undefined> {
    const { facts, after } = this.#store;
    const states = refs.flatMap((id) => after.get(id) ?? []);
    if (states.length < refs.length || states.length === 0) return Promise.resolve(undefined);
    const control = new Map(this.#store.control().map((event) => [event.id, event]));
    const resolution = resolve(states, { graph: new AuthGraph(control, facts) });
    return Promise.resolve(
      resolution.kind === "resolved" ? new Authority(resolution.state, facts) : undefined,
    );
  }
}
