import type { ReadState } from "../../../core/api/channel.ts";
import { UNREAD_COUNT_MAX } from "../../../core/api/shown.ts";
import { isInTimeline, isNewsRow, isSaidRow } from "../messages/message_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";

export interface CountQuery {
  readonly userId: string;
  /** Whose messages do not count: the user's own, and of those whom the user has blocked. */
  readonly unheard: readonly string[];
  readonly channels: readonly {
    readonly roomId: string;
    readonly channelId: string;
    /** JSON list of what pings this user there: user id, '&' and role ids, 'everyone'. */
    readonly targets: string;
    /** Where reading begins while there is no marker (ms): when the user came. */
    readonly since: number;
  }[];
  /** Only what came later counts (`order`); 0: everything. */
  readonly after: number;
}

/** Unread and mention counts of many channels in one query. */
export async function countUnread(sql: Queryable, query: CountQuery): Promise<ReadState[]> {
  const { userId, channels, after } = query;
  const unheard = [...query.unheard];
  return await sql<ReadState[]>`
    select c.room_id, c.channel_id, m.event_id as last_read_id,
      u.count::int as unread, p.count::int as mentions,
      coalesce(newest.ord, 0) as counted_to
    from unnest(${channels.map((each) => each.roomId)}::text[],
      ${channels.map((each) => each.channelId)}::text[],
      ${channels.map((each) => each.targets)}::text[],
      ${channels.map((each) => each.since)}::bigint[]) as c(room_id, channel_id, targets, since)
    -- A marker before everything is none: what was said before the user came is not unread.
    left join read_markers m on m.user_id = ${userId} and m.event_id is not null
      and m.room_id = c.room_id and m.channel_id = c.channel_id
    cross join lateral (
      select count(*) as count from (
        select 1 from events e
        where e.room_id = c.room_id and e.channel_id = c.channel_id
          and e.timeline_order >= greatest(coalesce(m.ord, c.since), ${after}::bigint)
          and (m.ord is null or (e.timeline_order, e.event_hash) > (m.ord, m.hash))
          and ${isSaidRow(sql)} and e.sender <> all(${unheard}::text[])
          and e.outcome = 'accepted' and not e.withheld
          and ${isInTimeline(sql)} and ${isNewsRow(sql)}
        -- In order, so that the index is left at the limit and not read to its end.
        order by e.timeline_order, e.event_hash
        limit ${UNREAD_COUNT_MAX}) newer) u
    cross join lateral (
      select count(*) as count from (
        select distinct mm.event_id from message_mentions mm
        where mm.room_id = c.room_id and mm.channel_id = c.channel_id
          and mm.ord >= greatest(coalesce(m.ord, c.since), ${after}::bigint)
          and mm.sender <> all(${unheard}::text[])
          and mm.event_id is distinct from m.event_id and mm.thread_id = ''
          and mm.target in (select jsonb_array_elements_text(c.targets::jsonb))
        limit ${UNREAD_COUNT_MAX}) pinged) p
    left join lateral (
      select e.timeline_order as ord from events e
      where e.room_id = c.room_id and e.channel_id = c.channel_id
      order by e.timeline_order desc, e.event_hash desc limit 1) newest on true`;
}

export interface ThreadCountQuery {
  readonly userId: string;
  readonly unheard: readonly string[];
  readonly threads: readonly {
    readonly roomId: string;
    readonly channelId: string;
    readonly rootId: string;
    readonly targets: string;
  }[];
  /** Only what came later counts (`order`); 0: everything. */
  readonly after: number;
}

/** What waits in threads; nothing does in those that the user does not follow. */
export async function countThreadUnread(
  sql: Queryable,
  query: ThreadCountQuery,
): Promise<ReadState[]> {
  const { userId, threads, after } = query;
  const unheard = [...query.unheard];
  const said = sql`r.room_id = c.room_id and r.target_id = c.root_id and r.kind = 'thread'
    and r.key = '' and r.channel_id = c.channel_id`;
  return await sql<ReadState[]>`
    select c.room_id, c.channel_id, c.root_id as thread_id, f.event_id as last_read_id,
      u.count::int as unread, p.count::int as mentions, coalesce(newest.ord, 0) as counted_to
    from unnest(${threads.map((each) => each.roomId)}::text[],
      ${threads.map((each) => each.channelId)}::text[],
      ${threads.map((each) => each.rootId)}::text[],
      ${threads.map((each) => each.targets)}::text[]) as c(room_id, channel_id, root_id, targets)
    left join thread_follows f on f.user_id = ${userId} and f.room_id = c.room_id
      and f.root_id = c.root_id
    cross join lateral (
      select count(*) as count from (
        select 1 from message_relations r
        where ${said} and f.following and r.ord > greatest(f.ord, ${after}::bigint)
          and r.sender <> all(${unheard}::text[])
        limit ${UNREAD_COUNT_MAX}) newer) u
    cross join lateral (
      select count(*) as count from (
        select distinct mm.event_id from message_mentions mm
        where f.following and mm.room_id = c.room_id and mm.channel_id = c.channel_id
          and mm.thread_id = c.root_id and mm.ord > greatest(f.ord, ${after}::bigint)
          and mm.sender <> all(${unheard}::text[])
          and mm.target in (select jsonb_array_elements_text(c.targets::jsonb))
        limit ${UNREAD_COUNT_MAX}) pinged) p
    left join lateral (
      select r.ord from message_relations r where ${said}
      order by r.ord desc limit 1) newest on true`;
}

/**
 * Moves the marker of a thread that the user has a row for, forwards or anywhere with `back`.
 * Resolves whether it moved.
 */
export async function moveThreadMarker(
  sql: Queryable,
  marker: {
    readonly userId: string;
    readonly roomId: string;
    readonly rootId: string;
    readonly eventId: string | null;
    readonly ord: number;
    readonly back: boolean;
  },
): Promise<boolean> {
  const rows = await sql`
    update thread_follows set event_id = ${marker.eventId}, ord = ${marker.ord}
    where user_id = ${marker.userId} and room_id = ${marker.roomId} and root_id = ${marker.rootId}
      and (${marker.back} or ${marker.ord} > ord) returning 1`;
  return rows.length === 1;
}

/** Moves a marker forwards, or anywhere with `back`. Resolves whether it moved. */
export async function moveReadMarker(
  sql: Queryable,
  marker: {
    readonly userId: string;
    readonly roomId: string;
    readonly channelId: string;
    readonly eventId: string | null;
    readonly ord: number;
    readonly hash: Uint8Array;
    readonly back: boolean;
  },
): Promise<boolean> {
  const rows = await sql`
    insert into read_markers (user_id, room_id, channel_id, event_id, ord, hash)
    values (${marker.userId}, ${marker.roomId}, ${marker.channelId}, ${marker.eventId},
      ${marker.ord}, ${marker.hash})
    on conflict (user_id, room_id, channel_id) do update
      set event_id = excluded.event_id, ord = excluded.ord, hash = excluded.hash
      where ${marker.back} or (excluded.ord, excluded.hash) > (read_markers.ord, read_markers.hash)
    returning 1`;
  return rows.length === 1;
}
