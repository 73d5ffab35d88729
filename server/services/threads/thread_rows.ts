import { THREAD_COUNT_MAX, THREAD_FACES } from "../../../core/api/shown.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { THREAD_QUIET_MS } from "../../../core/rules/threads.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** A thread in its channel, by the message that it began on. */
export interface ThreadRef {
  readonly roomId: string;
  readonly channelId: string;
  readonly rootId: string;
}

export interface ThreadRow {
  readonly room_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly starter: UserId | null;
  /** Up to `THREAD_COUNT_MAX`. */
  readonly count: number;
  readonly last_id: string | null;
  readonly last_ord: number | null;
  readonly last_ts: number | null;
  /** Who wrote last, the latest first. */
  readonly senders: readonly UserId[] | null;
  /** The `m.thread` that wins. PROTOCOL.md 7. */
  readonly stated: string | null;
  readonly stated_ord: number | null;
  readonly stated_ts: number | null;
  /** The one that wins among those with MANAGE_THREADS: it says whether the thread is locked. */
  readonly managed: string | null;
}

/** Messages of a thread that are looked at for who wrote last. */
const FACES_AMONG = 50;

/**
 * What each of these messages has under it; those with nothing are left out. Bounded work for each,
 * however much was said in it.
 */
export async function findThreads(
  sql: Queryable,
  refs: readonly ThreadRef[],
): Promise<ThreadRow[]> {
  const [first] = refs;
  if (first === undefined) return [];
  // Of one room the database looks into one part of the events alone.
  const room = refs.every(({ roomId }) => roomId === first.roomId)
    ? sql`${first.roomId}`
    : sql`t.room_id`;
  const under = sql`r.room_id = t.room_id and r.target_id = t.root_id and r.kind = 'thread'
    and r.channel_id = t.channel_id`;
  const said = sql`${under} and r.key = ''`;
  const stating = sql`message_relations r
    join events e on e.room_id = ${room} and e.event_id = r.event_id
    where ${under} and e.type = 'm.thread' and e.outcome = 'accepted' and not e.withheld`;
  const last = sql`order by e.timeline_order desc, e.event_hash desc limit 1`;
  return await sql<ThreadRow[]>`
    select t.room_id, t.channel_id, t.root_id, root.sender as starter, n.count,
      newest.event_id as last_id, newest.ord as last_ord, newest.origin_ts as last_ts,
      faces.senders, stated.pdu as stated, stated.ord as stated_ord, stated.origin_ts as stated_ts,
      managed.pdu as managed
    from unnest(${refs.map((each) => each.roomId)}::text[],
      ${refs.map((each) => each.channelId)}::text[],
      ${refs.map((each) => each.rootId)}::text[]) as t(room_id, channel_id, root_id)
    left join events root on root.room_id = ${room} and root.event_id = t.root_id
    cross join lateral (select count(*)::int as count from (
      select 1 from message_relations r where ${said} limit ${THREAD_COUNT_MAX}) counted) n
    left join lateral (
      select r.event_id, r.ord, e.origin_ts from message_relations r
      join events e on e.room_id = ${room} and e.event_id = r.event_id
      where ${said} order by r.ord desc, e.event_hash desc limit 1) newest on true
    left join lateral (select array_agg(sender order by ord desc) as senders from (
      select sender, max(ord) as ord from (
        select r.sender, r.ord from message_relations r
        where ${said} order by r.ord desc limit ${FACES_AMONG}) latest
      group by sender order by max(ord) desc limit ${THREAD_FACES}) each) faces on true
    left join lateral (
      select e.pdu, e.timeline_order as ord, e.origin_ts from ${stating}
        and (r.key = 'managed' or (r.key = 'stated' and r.sender = root.sender))
      ${last}) stated on true
    left join lateral (select e.pdu from ${stating} and r.key = 'managed' ${last}) managed on true
    where exists (select 1 from message_relations r where ${under})
      and (n.count > 0 or stated.pdu is not null)`;
}

/** Roots of a channel's threads, the one last written in first. */
export async function listRoots(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly channelId: string;
    /** Only threads last written in before this order. */
    readonly before: number;
    readonly limit: number;
  },
): Promise<readonly { readonly root_id: string; readonly ord: number }[]> {
  return await sql<{ root_id: string; ord: number }[]>`
    select target_id as root_id, max(ord) as ord from message_relations
    where room_id = ${query.roomId} and channel_id = ${query.channelId} and kind = 'thread'
    group by target_id having max(ord) < ${query.before}
    order by max(ord) desc limit ${query.limit}`;
}

/** The channel of a message's thread, for a root that is not held. */
export async function channelOfThread(
  sql: Queryable,
  roomId: string,
  rootId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ channel_id: string }[]>`
    select channel_id from message_relations
    where room_id = ${roomId} and target_id = ${rootId} and kind = 'thread' limit 1`;
  return row?.channel_id;
}

export interface FollowRow {
  readonly room_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly following: boolean;
}

/** Threads that a user decided about and in which something was said lately, the latest first. */
export async function findOwnThreads(
  sql: Queryable,
  userId: UserId,
  query: { readonly nowMs: number; readonly limit: number },
): Promise<FollowRow[]> {
  return await sql<FollowRow[]>`
    select f.room_id, f.channel_id, f.root_id, f.following from thread_follows f
    cross join lateral (
      select r.ord from message_relations r
      where r.room_id = f.room_id and r.target_id = f.root_id and r.kind = 'thread'
      order by r.ord desc limit 1) newest
    where f.user_id = ${userId} and newest.ord > ${query.nowMs - THREAD_QUIET_MS}
    order by newest.ord desc limit ${query.limit}`;
}

export async function isFollowing(
  sql: Queryable,
  userId: UserId,
  ref: ThreadRef,
): Promise<boolean> {
  const [row] = await sql<{ following: boolean }[]>`
    select following from thread_follows
    where user_id = ${userId} and room_id = ${ref.roomId} and root_id = ${ref.rootId}`;
  return row?.following === true;
}

/** A choice by hand; who begins to follow has read what is there. */
export async function setFollowing(
  sql: Queryable,
  userId: UserId,
  change: ThreadRef & { readonly on: boolean; readonly ord: number },
): Promise<void> {
  await sql`
    insert into thread_follows (user_id, room_id, root_id, channel_id, following, ord)
    values (${userId}, ${change.roomId}, ${change.rootId}, ${change.channelId}, ${change.on},
      ${change.ord})
    on conflict (user_id, room_id, root_id) do update set following = excluded.following,
      ord = case when thread_follows.following or not excluded.following
        then thread_follows.ord else excluded.ord end`;
}
