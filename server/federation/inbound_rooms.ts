import type { ControlEvent } from "../../core/event/event.ts";
import { type HeldEvent, isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { UNPACED_TYPES } from "../../core/auth/judge_current.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import {
  type Concerned,
  type Concerning,
  type GraphEnd,
  type InboundRoom,
  type InboundRooms,
  type Known,
  type PostsQuery,
  type RoomChange,
  type SoftFailedQuery,
  StoreRefusal,
  type ThreadQuery,
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

export interface InboundRoomsDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  /** Carries out what a purge says about events that are held. */
  readonly purge: (room: Room, purge: ControlEvent) => void;
}

/** The rooms of this process as events of other servers come into them. */
export class StoredInboundRooms implements InboundRooms {
  readonly #deps: InboundRoomsDeps;

  constructor(deps: InboundRoomsDeps) {
    this.#deps = deps;
  }

  async open(id: RoomId): Promise<InboundRoom | undefined> {
    const room = await this.#deps.rooms.open(id);
    // While it is checked nothing is judged on what its helper says: what comes meanwhile waits.
    return room === undefined || room.checking !== undefined
      ? undefined
      : new StoredInboundRoom(room, this.#deps);
  }

  async isBeingChecked(id: RoomId): Promise<boolean> {
    return (await this.#deps.rooms.open(id))?.checking !== undefined;
  }

  async begin(create: ControlEvent): Promise<InboundRoom> {
    return new StoredInboundRoom(await this.#deps.rooms.adopt(create), this.#deps);
  }

  async withheld(
    { sinceTs, limit }: { readonly sinceTs: number; readonly limit: number },
  ): Promise<readonly HeldEvent[]> {
    const { sql } = this.#deps;
    const rows = await sql<EventRecord[]>`
      select ${eventColumns(sql)} from events e
      where e.withheld and e.redacted_by is null and e.outcome <> 'rejected'
        and e.received_ts >= ${sinceTs}
      order by e.received_ts desc limit ${limit}`;
    return rows.map((row) => heldOf(readEvent(row)));
  }

  async withSoftFailed(
    { sinceTs, guild, limit }: SoftFailedQuery,
  ): Promise<readonly RoomId[]> {
    const { sql } = this.#deps;
    const rows = guild === undefined
      ? await sql<{ room_id: RoomId }[]>`
        select distinct room_id from events
        where outcome = 'soft_failed' and received_ts >= ${sinceTs}
        limit ${limit}`
      : await sql<{ room_id: RoomId }[]>`
        select p.room_id from private_channels p where p.guild_id = ${guild} and exists
          (select 1 from events e where e.room_id = p.room_id
            and e.outcome = 'soft_failed' and e.received_ts >= ${sinceTs})
        limit ${limit}`;
    return rows.map((row) => row.room_id);
  }
}

/**
 * Forgets messages that soft-failed before `beforeTs`: they are looked at no more, shown and given
 * to nobody, and no event needs them. One that comes again is judged anew. Control events stay:
 * others may descend from them. At most so many in one go.
 */
export async function forgetSoftFailed(sql: Sql, beforeTs: number): Promise<number> {
  const forgotten = await sql`
    with old as (
      select room_id, event_id from events
      where outcome = 'soft_failed' and channel_id is not null and received_ts < ${beforeTs}
      limit ${FORGOTTEN_AT_ONCE}),
    gaps as (delete from event_gaps g using old
      where g.room_id = old.room_id and g.event_id = old.event_id)
    delete from events e using old
    where e.room_id = old.room_id and e.event_id = old.event_id and e.outcome = 'soft_failed'`;
  return forgotten.count;
}

class StoredInboundRoom implements InboundRoom {
  readonly id: RoomId;
  readonly #room: Room;
  readonly #deps: InboundRoomsDeps;

  constructor(room: Room, deps: InboundRoomsDeps) {
    this.id = room.id;
    this.#room = room;
    this.#deps = deps;
  }

  get #sql(): Sql {
    return this.#deps.sql;
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

  async guild() {
    return (await this.#deps.rooms.guildOf(this.#room))?.authority;
  }

  async find(ids: readonly EventId[]): Promise<readonly Known[]> {
    return (await loadEvents(this.#sql, this.id, ids)).map(knownOf);
  }

  async concerning({ missing, redacted, purged }: Concerned): Promise<Concerning> {
    // Mostly there is nothing, and each question by itself takes longer than its answer.
    const rows = await this.#sql<{ kind: keyof Concerned; named: string; by_id: EventId }[]>`
      select 'missing' as kind, missing_id as named, event_id as by_id from event_gaps
      where room_id = ${this.id} and missing_id = any(${[...missing]}::text[])
      union all
      select 'redacted', target_id, redaction_id from redaction_targets
      where room_id = ${this.id} and target_id = any(${[...redacted]}::text[])
      union all
      select 'purged', '', e.event_id from events e
      where e.room_id = ${this.id} and e.type = 'm.purge' and e.outcome = 'accepted'
        and event_json(e.pdu)->'content'->>'user' = any(${[...purged]}::text[])`;
    if (rows.length === 0) return { children: [], redactions: [], purges: [] };
    const held = new Map(
      (await this.find(rows.map((row) => row.by_id))).map((known) => [known.event.id, known]),
    );
    const heldOfKind = (kind: keyof Concerned) =>
      [...new Set(rows.flatMap((row) => row.kind === kind ? [row.by_id] : []))].sort()
        .flatMap((id) => held.get(id) ?? [])
        .flatMap(({ event, outcome }) => outcome === "accepted" ? [event] : []);
    return {
      children: rows.flatMap(({ kind, named, by_id: id }) => {
        const child = kind === "missing" ? held.get(id) : undefined;
        return child === undefined ? [] : [{ missing: named as EventId, child }];
      }),
      redactions: heldOfKind("redacted"),
      purges: heldOfKind("purged").filter(isControlEvent),
    };
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

  async editsOf(ids: readonly EventId[]): Promise<readonly Known[]> {
    const rows = await this.#sql<EventRecord[]>`
      select ${eventColumns(this.#sql)} from message_relations r
      join events e on e.room_id = r.room_id and e.event_id = r.event_id
      where r.room_id = ${this.id} and r.target_id = any(${[...ids]}) and r.kind = 'edit'
      limit ${EDITS_MAX}`;
    return rows.map((row) => knownOf(readEvent(row)));
  }

  async controlOf(type: string, limit: number): Promise<readonly Known[]> {
    const rows = await this.#sql<EventRecord[]>`
      select ${eventColumns(this.#sql)} from events e
      where e.room_id = ${this.id} and e.type = ${type} and e.channel_id is null
        and e.type in ('m.purge', 'm.merge', 'm.guild.owner') and e.outcome = 'accepted'
      order by e.received_ts desc limit ${limit}`;
    return rows.map((row) => knownOf(readEvent(row)));
  }

  async postTimes({ channelId, user, fromTs, toTs }: PostsQuery): Promise<readonly number[]> {
    const rows = await this.#sql<{ origin_ts: number }[]>`
      select e.origin_ts from events e
      where e.room_id = ${this.id} and e.channel_id = ${channelId} and e.sender = ${user}
        and e.timeline_order >= ${fromTs} and e.origin_ts between ${fromTs} and ${toTs}
        and e.type <> all(${[...UNPACED_TYPES]}) and e.outcome = 'accepted'
        and not exists (select 1 from message_relations r
          where r.room_id = e.room_id and r.event_id = e.event_id and r.kind = 'edit')
      order by e.timeline_order limit ${POSTS_MAX}`;
    return rows.map((row) => row.origin_ts);
  }

  async threadEvents({ channelId, root, limit }: ThreadQuery): Promise<readonly Known[]> {
    const rows = await this.#sql<EventRecord[]>`
      select ${eventColumns(this.#sql)} from message_relations r
      join events e on e.room_id = r.room_id and e.event_id = r.event_id
      where r.room_id = ${this.id} and r.target_id = ${root} and r.kind = 'thread'
        and e.type = 'm.thread' and e.channel_id = ${channelId} and e.outcome = 'accepted'
      order by e.timeline_order desc limit ${limit}`;
    return rows.map((row) => knownOf(readEvent(row)));
  }

  async softFailed(
    { sinceTs, limit }: { readonly sinceTs: number; readonly limit: number },
  ): Promise<readonly Known[]> {
    const rows = await this.#sql<EventRecord[]>`
      select ${eventColumns(this.#sql)} from events e
      where e.room_id = ${this.id} and e.outcome = 'soft_failed' and e.received_ts >= ${sinceTs}
      order by e.received_ts desc limit ${limit}`;
    return rows.map((row) => knownOf(readEvent(row)));
  }

  async countSoftFailed(server: ServerName, limit: number): Promise<number> {
    const ending = `:${server}`;
    const rows = await this.#sql`
      select 1 from events
      where room_id = ${this.id} and outcome = 'soft_failed'
        and right(sender, ${ending.length}) = ${ending}
      limit ${limit}`;
    return rows.length;
  }

  async forgetRejected(server: ServerName, keep: number): Promise<number> {
    const ending = `:${server}`;
    // A rejected event has a row of its own and nothing beside it: no state, gap or relation.
    const forgotten = await this.#sql`
      with old as (
        select room_id, event_id from events
        where room_id = ${this.id} and outcome = 'rejected'
          and right(sender, ${ending.length}) = ${ending}
        order by received_ts desc, position desc
        offset ${keep} limit ${FORGOTTEN_AT_ONCE})
      delete from events e using old
      where e.room_id = old.room_id and e.event_id = old.event_id and e.outcome = 'rejected'`;
    return forgotten.count;
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
    // What the room remembers of control events may say more, or less, than they do now.
    if (change.reread) await this.#room.rereadNow();
    this.#deps.rooms.trimGraphs();
    for (const purge of change.purges) this.#deps.purge(this.#room, purge);
  }
}

/** Soft-failed or rejected events that are forgotten at once. */
const FORGOTTEN_AT_ONCE = 10_000;
/** Edits of named events that one redaction takes away; a message has a few at most. */
const EDITS_MAX = 2000;
/** Posts of one user in the time that slow mode asks for. */
const POSTS_MAX = 1000;
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
