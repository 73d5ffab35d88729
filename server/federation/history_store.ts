import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type {
  Beginning,
  Gap,
  GapQuery,
  HistoryStore,
} from "../../federation/perform/history_ports.ts";
import type { ChannelRef } from "../../federation/ports.ts";
import type { Fragment } from "../postgres/row_kind.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Rooms } from "../rooms/rooms.ts";

/** First pause of what nobody gave; doubled up to the longest. */
const PAUSE_MS = 10 * 60_000;
const PAUSE_MAX_MS = 24 * 3_600_000;

/** Gaps of this server's channels, and who may fill them. */
export class PostgresHistoryStore implements HistoryStore {
  readonly #deps: { readonly sql: Sql; readonly rooms: Rooms; readonly self: ServerName };

  constructor(deps: { readonly sql: Sql; readonly rooms: Rooms; readonly self: ServerName }) {
    this.#deps = deps;
  }

  async gaps({ roomId, channelId }: ChannelRef, query: GapQuery): Promise<readonly Gap[]> {
    const { sql } = this.#deps;
    const rows = await sql<{ missing_id: EventId; event_id: EventId; sender: UserId }[]>`
      select g.missing_id, g.event_id, e.sender from event_gaps g
      join events e on e.room_id = g.room_id and e.event_id = g.event_id
      where g.room_id = ${roomId} and g.channel_id = ${channelId}
        and g.next_try_ts <= ${query.nowMs} and e.outcome = 'accepted'
        and ${hasOlder(sql)} = ${query.between}
      order by e.timeline_order desc, g.missing_id limit ${query.limit}`;
    return rows.map((row) => ({
      missing: row.missing_id,
      child: row.event_id,
      server: serverOf(row.sender),
    }));
  }

  async beginning({ roomId, channelId }: ChannelRef): Promise<Beginning> {
    const { sql } = this.#deps;
    const [row] = await sql<{ gap: boolean; held: boolean }[]>`
      select exists (
          select 1 from event_gaps g
          join events e on e.room_id = g.room_id and e.event_id = g.event_id
          where g.room_id = ${roomId} and g.channel_id = ${channelId} and e.outcome = 'accepted'
            and not ${hasOlder(sql)}) as gap,
        exists (
          select 1 from events where room_id = ${roomId} and channel_id = ${channelId}
            and outcome = 'accepted') as held`;
    return row?.gap ? "gap" : row?.held ? "first" : "empty";
  }

  async heldBefore(
    { roomId, channelId }: ChannelRef,
    ids: readonly EventId[],
    limit: number,
  ): Promise<EventId[]> {
    const { sql } = this.#deps;
    const [edge] = await sql<{ order: number | null }[]>`
      select min(timeline_order)::bigint as order from events
      where room_id = ${roomId} and event_id = any(${[...ids]})`;
    if (edge?.order === undefined || edge.order === null) return [];
    const rows = await sql<{ event_id: EventId }[]>`
      select event_id from events
      where room_id = ${roomId} and channel_id = ${channelId} and outcome = 'accepted'
        and timeline_order < ${edge.order}
      order by timeline_order desc, event_hash desc limit ${limit}`;
    return rows.map((row) => row.event_id);
  }

  async gaveNobody(
    { roomId }: ChannelRef,
    missing: readonly EventId[],
    nowMs: number,
  ): Promise<void> {
    await this.#deps.sql`
      update event_gaps set tries = tries + 1,
        next_try_ts = ${nowMs}::bigint + least(${PAUSE_MS} * (1 << least(tries, 10)), ${PAUSE_MAX_MS})
      where room_id = ${roomId} and missing_id = any(${[...missing]})`;
  }

  async readers({ roomId, channelId }: ChannelRef): Promise<readonly ServerName[]> {
    const room = await this.#deps.rooms.open(roomId);
    const servers = room?.authority.viewingServers(channelId) ?? [];
    return [...servers].filter((server) => server !== this.#deps.self);
  }
}

/** Whether the channel of gap `g` holds anything older than its event `e`. */
function hasOlder(sql: Sql): Fragment {
  return sql`exists (
    select 1 from events o
    where o.room_id = g.room_id and o.channel_id = g.channel_id and o.outcome = 'accepted'
      and o.timeline_order < e.timeline_order)`;
}
