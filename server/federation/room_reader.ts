import type { HeldEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type {
  AuthorityNeeds,
  BackQuery,
  ReadableRoom,
  ReadEvent,
  RoomReader,
} from "../../federation/handle/ports.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../postgres/event_rows.ts";
import { loadEvents, loadHeads } from "../postgres/event_store.ts";
import type { Sql } from "../postgres/sql.ts";
import { loadStateGroup } from "../postgres/state_groups.ts";
import { heldOf } from "../rooms/load_room.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { readControlPage } from "./control_pages.ts";
import type { IntactEvents } from "./intact_events.ts";
import { StatesAt } from "./state_at.ts";

export interface RoomReaderDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  /** What is damaged is given to nobody, as if it were not held. */
  readonly intact: IntactEvents;
}

/** Rooms of this server, as the handlers of other servers' questions read them. */
export class PostgresRoomReader implements RoomReader {
  readonly #deps: RoomReaderDeps;
  readonly #states: StatesAt;

  constructor(deps: RoomReaderDeps) {
    this.#deps = deps;
    this.#states = new StatesAt(deps.sql);
  }

  async open(roomId: RoomId): Promise<ReadableRoom | undefined> {
    const room = await this.#deps.rooms.open(roomId);
    if (room === undefined || room.checking !== undefined) return undefined;
    const guild = await this.#deps.rooms.guildOf(room);
    const parts = { states: this.#states, guild, intact: this.#deps.intact };
    return new StoredRoom(this.#deps.sql, room, parts);
  }
}

class StoredRoom implements ReadableRoom {
  readonly id: RoomId;
  readonly authority: ReadableRoom["authority"];
  readonly guild?: ReadableRoom["authority"];
  readonly #sql: Sql;
  readonly #states: StatesAt;
  readonly #intact: IntactEvents;

  constructor(
    sql: Sql,
    room: Room,
    parts: {
      readonly states: StatesAt;
      readonly guild: Room | undefined;
      readonly intact: IntactEvents;
    },
  ) {
    this.id = room.id;
    this.authority = room.authority;
    if (parts.guild !== undefined) this.guild = parts.guild.authority;
    this.#sql = sql;
    this.#states = parts.states;
    this.#intact = parts.intact;
  }

  heads() {
    return loadHeads(this.#sql, this.id);
  }

  async events(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, ReadEvent>> {
    const rows = (await loadEvents(this.#sql, this.id, ids)).filter(this.#intact.isIntact);
    return new Map(rows.map((row) => [row.eventId, { event: heldOf(row), served: isServed(row) }]));
  }

  async back(query: BackQuery): Promise<readonly HeldEvent[]> {
    const { channelId, from, limit } = query;
    const sql = this.#sql;
    const graph = channelId === undefined
      ? sql`e.channel_id is null`
      : sql`e.channel_id = ${channelId}`;
    const order = channelId === undefined
      ? sql`(e.received_ts, e.writer_id, e.position)`
      : sql`(e.timeline_order, e.event_hash)`;
    const newestFirst = channelId === undefined
      ? sql`e.received_ts desc, e.writer_id desc, e.position desc`
      : sql`e.timeline_order desc, e.event_hash desc`;
    const [start] = await sql<EventRecord[]>`
      select ${eventColumns(sql)} from events e
      where e.room_id = ${this.id} and e.event_id = any(${[...from]}) and ${graph}
        and e.outcome = 'accepted'
      order by ${newestFirst} limit 1`;
    if (start === undefined) return [];
    const edge = channelId === undefined
      ? sql`(${start.received_ts}, ${start.writer_id}, ${start.position})`
      : sql`(${start.timeline_order}, ${start.event_hash})`;
    const rows = await sql<EventRecord[]>`
      select ${eventColumns(sql)} from events e
      where e.room_id = ${this.id} and ${graph} and e.outcome = 'accepted' and ${order} <= ${edge}
      order by ${newestFirst} limit ${limit}`;
    return rows.map(readEvent).filter(this.#intact.isIntact).map(heldOf);
  }

  controlPage(query: { readonly from?: string; readonly limit: number }) {
    return readControlPage(this.#sql, this.#intact, { ...query, roomId: this.id });
  }

  async stateAfter(id: EventId): Promise<readonly EventId[] | undefined> {
    const group = await loadStateGroup(this.#sql, this.id, id);
    return group?.entries.map(([, , eventId]) => eventId);
  }

  authorityAt(refs: readonly EventId[], needs: AuthorityNeeds) {
    return this.#states.authorityAt(this, refs, needs);
  }
}

/** A soft-failed control event may be what an accepted event of a channel stands on. */
function isServed({ outcome, channelId }: StoredEvent): boolean {
  return outcome === "accepted" || (channelId === undefined && outcome === "soft_failed");
}
