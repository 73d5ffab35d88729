import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { assert } from "../../core/assert.ts";
import type { Sql } from "../postgres/sql.ts";

export interface Head {
  readonly id: EventId;
  readonly order: number;
}

/** How an event that was received moved the ends of its channel. */
export interface ChannelMove {
  readonly channelId: ChannelId;
  /** What is no end any more: its parents. */
  readonly remove: readonly EventId[];
  /** The event itself, unless something that is held names it as a parent. */
  readonly add: readonly Head[];
}

/** The ends of one channel's timeline graph, those still on their way to the store included. */
export class ChannelTip {
  readonly channelId: ChannelId;
  readonly #heads: Map<EventId, number>;
  /** Highest order when the heads were read: what stands above is not among their ancestors. */
  readonly #loadedOrder: number;
  #spoiled = false;
  #retired = false;

  constructor(channelId: ChannelId, heads: Iterable<Head>) {
    this.channelId = channelId;
    this.#heads = new Map([...heads].map((head) => [head.id, head.order]));
    this.#loadedOrder = Math.max(0, ...this.#heads.values());
  }

  /** At most `max` heads to stand on, and the highest order among them. */
  parents(max: number): { readonly ids: readonly EventId[]; readonly maxOrder: number } {
    const ids = [...this.#heads.keys()].slice(0, max);
    const maxOrder = ids.reduce((most, id) => Math.max(most, this.#heads.get(id) ?? 0), 0);
    return { ids, maxOrder };
  }

  advance(parents: readonly EventId[], head: Head): void {
    for (const id of parents) this.#heads.delete(id);
    this.#heads.set(head.id, head.order);
  }

  receive(move: ChannelMove): void {
    for (const id of move.remove) this.#heads.delete(id);
    for (const head of move.add) this.#heads.set(head.id, head.order);
  }

  /**
   * Takes in an event of another process. False where it may be an ancestor of what was read
   * from the store, or beside it: then only the store can tell.
   */
  observe(parents: readonly EventId[], event: Head): boolean {
    if (this.#heads.has(event.id)) return true;
    if (event.order <= this.#loadedOrder) return false;
    this.advance(parents, event);
    return true;
  }

  /** An event of this end failed to be stored: nothing may be built on it any more. */
  spoil(): void {
    this.#spoiled = true;
    this.#retired = true;
  }

  get spoiled(): boolean {
    return this.#spoiled;
  }

  /** Nothing more may be built on it: the store is read anew. What was built before stands. */
  retire(): void {
    this.#retired = true;
  }

  get retired(): boolean {
    return this.#retired;
  }
}

export async function loadChannelTip(
  sql: Sql,
  channel: { readonly roomId: RoomId; readonly channelId: ChannelId },
): Promise<ChannelTip> {
  const rows = await sql<{ event_id: EventId; timeline_order: number | null }[]>`
    select e.event_id, e.timeline_order
    from graph_heads h
    join events e on e.room_id = h.room_id and e.event_id = any(h.event_ids)
    where h.room_id = ${channel.roomId} and h.channel_id = ${channel.channelId}`;
  return new ChannelTip(
    channel.channelId,
    rows.map((row) => {
      assert(row.timeline_order !== null, `timeline head ${row.event_id} has an order`);
      return { id: row.event_id, order: row.timeline_order };
    }),
  );
}
