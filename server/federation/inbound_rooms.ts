import type { ControlEvent } from "../../core/event/event.ts";
import { type HeldEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import {
  type GraphEnd,
  type InboundRoom,
  type InboundRooms,
  type Known,
  type MissingParent,
  type RoomChange,
  StoreRefusal,
} from "../../federation/inbound/ports.ts";
import { AppendError } from "../postgres/append_error.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../postgres/event_rows.ts";
import { loadEvents } from "../postgres/event_store.ts";
import type { Sql } from "../postgres/sql.ts";
import { heldOf } from "../rooms/load_room.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { receivedOf } from "./received_rows.ts";

/** The rooms of this process as events of other servers come into them. */
export class StoredInboundRooms implements InboundRooms {
  readonly #rooms: Rooms;
  readonly #sql: Sql;

  constructor({ rooms, sql }: { readonly rooms: Rooms; readonly sql: Sql }) {
    this.#rooms = rooms;
    this.#sql = sql;
  }

  async open(id: RoomId): Promise<InboundRoom | undefined> {
    const room = await this.#rooms.open(id);
    return room === undefined ? undefined : new StoredInboundRoom(room, this.#sql);
  }

  async begin(create: ControlEvent): Promise<InboundRoom> {
    return new StoredInboundRoom(await this.#rooms.adopt(create), this.#sql);
  }
}

class StoredInboundRoom implements InboundRoom {
  readonly id: RoomId;
  readonly #room: Room;
  readonly #sql: Sql;

  constructor(room: Room, sql: Sql) {
    this.id = room.id;
    this.#room = room;
    this.#sql = sql;
  }

  get facts() {
    return this.#room.graph.facts;
  }

  get graph() {
    return this.#room.graph;
  }

  get end(): GraphEnd {
    return this.#room.tip;
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#room.inTurn(work);
  }

  async find(ids: readonly EventId[]): Promise<readonly Known[]> {
    return (await loadEvents(this.#sql, this.id, ids)).map(knownOf);
  }

  async childrenOfMissing(ids: readonly EventId[]): Promise<readonly MissingParent[]> {
    if (ids.length === 0) return [];
    const rows = await this.#sql<(EventRecord & { missing_id: EventId })[]>`
      select g.missing_id, ${eventColumns(this.#sql)} from event_gaps g
      join events e on e.room_id = g.room_id and e.event_id = g.event_id
      where g.room_id = ${this.id} and g.missing_id = any(${[...ids]})`;
    return rows.map((row) => ({ missing: row.missing_id, child: knownOf(readEvent(row)) }));
  }

  async timelineFrom(
    channelId: ChannelId,
    { order, limit }: { readonly order: number; readonly limit: number },
  ): Promise<readonly Known[]> {
    const rows = await this.#sql<EventRecord[]>`
      select ${eventColumns(this.#sql)} from events e
      where e.room_id = ${this.id} and e.channel_id = ${channelId}
        and e.timeline_order >= ${order} and e.outcome <> 'rejected'
      order by e.timeline_order, e.event_hash
      limit ${limit}`;
    return rows.map((row) => knownOf(readEvent(row)));
  }

  async store(change: RoomChange): Promise<void> {
    const received = await receivedOf(this.#sql, this.#room, change);
    try {
      await this.#room.storeReceived(received);
    } catch (error) {
      if (error instanceof AppendError && LASTING.has(error.code)) {
        throw new StoreRefusal(error.message, { cause: error });
      }
      throw error;
    }
  }
}

/** What would fail again: another process stored the event, or the database cannot hold it. */
const LASTING: ReadonlySet<string> = new Set(["duplicate", "constraint", "bad_value"]);

/** A stored event as the engine knows it. */
export function knownOf(stored: StoredEvent): Known {
  const event: HeldEvent = heldOf(stored);
  return {
    event,
    outcome: stored.outcome,
    receivedTs: stored.receivedTs,
    ...(isTimelineEvent(event) && stored.order !== undefined ? { order: stored.order } : {}),
    ...(stored.redactedBy === undefined ? {} : { redactedBy: stored.redactedBy }),
  };
}
