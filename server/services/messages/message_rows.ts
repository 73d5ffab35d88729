import { REACTORS_SHOWN } from "../../../core/api/shown.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../../postgres/event_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Place in a channel: (order, raw hash). PROTOCOL.md 7. */
export interface Place {
  readonly order: number;
  readonly hash: Uint8Array;
}

export interface ChannelRef {
  readonly roomId: string;
  readonly channelId: string;
}

export interface PageQuery extends ChannelRef {
  readonly from: Place | undefined;
  readonly direction: "before" | "after";
  /** Whether the message at `from` itself belongs to the page. */
  readonly inclusive: boolean;
  readonly limit: number;
}

/** Of an event `e`: it is something that somebody said. */
export function isSaidRow(sql: Queryable) {
  return sql`e.type in ('m.room.message', 'm.poll')`;
}

/**
 * Of an event `e`: it stands in its channel's timeline, and is no edit of another and in no thread.
 * A question for each row that is looked at, not a join: with a limit few are looked at, and a
 * join would read every relation of the room.
 */
export function isInTimeline(sql: Queryable) {
  return sql`coalesce((select r.kind from message_relations r
    where r.room_id = e.room_id and r.event_id = e.event_id), '') not in ('edit', 'thread')`;
}

/** Of an event `e`: it is news. What is sealed says so beside its seal where it is none. */
export function isNewsRow(sql: Queryable) {
  return sql`not exists (select from sealed_events s
    where s.room_id = e.room_id and s.event_id = e.event_id and s.quiet)`;
}

/**
 * Messages of a channel next to a place, nearest first: no edits (they belong to what they
 * edit), nothing of threads and nothing redacted.
 */
export async function pageMessages(sql: Queryable, query: PageQuery): Promise<StoredEvent[]> {
  const before = query.direction === "before";
  const bound = query.from === undefined
    ? sql``
    : before
    ? query.inclusive
      ? sql`and (e.timeline_order, e.event_hash) <= (${query.from.order}, ${query.from.hash})`
      : sql`and (e.timeline_order, e.event_hash) < (${query.from.order}, ${query.from.hash})`
    : query.inclusive
    ? sql`and (e.timeline_order, e.event_hash) >= (${query.from.order}, ${query.from.hash})`
    : sql`and (e.timeline_order, e.event_hash) > (${query.from.order}, ${query.from.hash})`;
  const order = before
    ? sql`order by e.timeline_order desc, e.event_hash desc`
    : sql`order by e.timeline_order, e.event_hash`;
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)}
    from events e
    where e.room_id = ${query.roomId} and e.channel_id = ${query.channelId}
      and ${isSaidRow(sql)} and e.outcome = 'accepted' and e.redacted_by is null
      and ${isInTimeline(sql)}
      ${bound} ${order} limit ${query.limit}`;
  return rows.map(readEvent);
}

/** Messages of a thread next to a place, nearest first: no edits and nothing redacted. */
export async function pageThread(
  sql: Queryable,
  query: PageQuery & { readonly threadId: string },
): Promise<StoredEvent[]> {
  const before = query.direction === "before";
  const { order, hash } = query.from ?? { order: 0, hash: new Uint8Array() };
  const bound = query.from === undefined
    ? sql``
    : before
    ? query.inclusive
      ? sql`and r.ord <= ${order} and (r.ord, e.event_hash) <= (${order}, ${hash})`
      : sql`and r.ord <= ${order} and (r.ord, e.event_hash) < (${order}, ${hash})`
    : query.inclusive
    ? sql`and r.ord >= ${order} and (r.ord, e.event_hash) >= (${order}, ${hash})`
    : sql`and r.ord >= ${order} and (r.ord, e.event_hash) > (${order}, ${hash})`;
  const sorted = before
    ? sql`order by r.ord desc, e.event_hash desc`
    : sql`order by r.ord, e.event_hash`;
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)}
    from message_relations r
    join events e on e.room_id = r.room_id and e.event_id = r.event_id
    where r.room_id = ${query.roomId} and r.target_id = ${query.threadId} and r.kind = 'thread'
      and r.key = '' and r.channel_id = ${query.channelId}
      and e.outcome = 'accepted' and e.redacted_by is null
      ${bound} ${sorted} limit ${query.limit}`;
  return rows.map(readEvent);
}

/** Timeline events of a room by id, redacted ones too. */
export async function findTimelineEvents(
  sql: Queryable,
  roomId: string,
  ids: readonly string[],
): Promise<StoredEvent[]> {
  if (ids.length === 0) return [];
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${roomId} and e.event_id = any(${[...ids]})
      and e.channel_id is not null and e.outcome = 'accepted'`;
  return rows.map(readEvent);
}

/** The newest message of each named channel, by channel key `room\0channel`. */
export async function lastMessages(
  sql: Queryable,
  channels: readonly ChannelRef[],
): Promise<Map<string, { eventId: string; ts: number }>> {
  if (channels.length === 0) return new Map();
  const rows = await sql<
    { room_id: string; channel_id: string; event_id: string; origin_ts: number }[]
  >`
    select c.room_id, c.channel_id, m.event_id, m.origin_ts
    from unnest(${channels.map((c) => c.roomId)}::text[],
      ${channels.map((c) => c.channelId)}::text[]) as c(room_id, channel_id)
    cross join lateral (
      select e.event_id, e.origin_ts from events e
      where e.room_id = c.room_id and e.channel_id = c.channel_id
        and ${isSaidRow(sql)} and e.outcome = 'accepted' and e.redacted_by is null
        and ${isInTimeline(sql)}
      order by e.timeline_order desc, e.event_hash desc limit 1) m`;
  return new Map(rows.map((row) => [
    `${row.room_id}\0${row.channel_id}`,
    { eventId: row.event_id, ts: row.origin_ts },
  ]));
}

export interface EditRow {
  readonly target_id: string;
  readonly event_id: string;
  readonly origin_ts: number;
  readonly pdu: string;
}

/** All accepted edits of these messages by their own authors, oldest first; none of polls. PROTOCOL.md 6. */
export async function findEdits(
  sql: Queryable,
  roomId: string,
  targetIds: readonly string[],
): Promise<EditRow[]> {
  return await findEditsOf(sql, targetIds.map((eventId) => ({ roomId, eventId })));
}

/** The same of messages of several rooms. */
export async function findEditsOf(
  sql: Queryable,
  targets: readonly { readonly roomId: string; readonly eventId: string }[],
): Promise<EditRow[]> {
  if (targets.length === 0) return [];
  return await sql<EditRow[]>`
    select r.target_id, e.event_id, e.origin_ts, e.pdu
    from unnest(${targets.map(({ roomId }) => roomId)}::text[],
      ${targets.map(({ eventId }) => eventId)}::text[]) as w(room_id, event_id)
    join message_relations r on r.room_id = w.room_id and r.target_id = w.event_id
    join events e on e.room_id = r.room_id and e.event_id = r.event_id
    join events t on t.room_id = r.room_id and t.event_id = r.target_id
    where r.kind = 'edit' and e.outcome = 'accepted' and not e.withheld
      and t.sender = e.sender and t.channel_id = e.channel_id and t.type = e.type
      and t.type <> 'm.poll'
      and not exists (select 1 from message_relations o
        where o.room_id = t.room_id and o.event_id = t.event_id and o.kind = 'edit')
    order by e.timeline_order, e.event_hash`;
}

/** Whom these messages ping, as it was admitted when they were stored. */
export async function findMentions(
  sql: Queryable,
  roomId: string,
  ids: readonly string[],
): Promise<{ readonly event_id: string; readonly target: string }[]> {
  if (ids.length === 0) return [];
  return await sql<{ event_id: string; target: string }[]>`
    select event_id, target from message_mentions
    where room_id = ${roomId} and event_id = any(${[...ids]}) order by target`;
}

export interface RedactionRow {
  readonly target_id: string;
  readonly sender: string;
  readonly reason: string | null;
}

/** Who took these messages away, and why. */
export async function findRedactions(
  sql: Queryable,
  roomId: string,
  targetIds: readonly string[],
): Promise<RedactionRow[]> {
  if (targetIds.length === 0) return [];
  return await sql<RedactionRow[]>`
    select target_id, sender, reason from message_redactions
    where room_id = ${roomId} and target_id = any(${[...targetIds]})`;
}

export interface ReactionRow {
  readonly target_id: string;
  readonly key: string;
  readonly count: number;
  readonly me: boolean;
  readonly users: string[];
}

/** Reactions by message and key, in the order in which each key first appeared. */
export async function findReactions(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly targetIds: readonly string[];
    readonly viewer: string | null;
  },
): Promise<ReactionRow[]> {
  if (query.targetIds.length === 0) return [];
  return await sql<ReactionRow[]>`
    select target_id, key, count(*)::int as count,
      coalesce(bool_or(sender = ${query.viewer ?? ""}), false) as me,
      (array_agg(sender order by first_ord))[1:${REACTORS_SHOWN}] as users
    from (select target_id, key, sender, min(ord) as first_ord from message_relations
      where room_id = ${query.roomId} and target_id = any(${[...query.targetIds]})
        and kind = 'reaction'
      group by target_id, key, sender) each
    group by target_id, key order by min(first_ord), key`;
}

/** Sealed reactions that one message can carry, and that are shown. */
export const SEALED_REACTIONS_MAX = 200;

export interface SealedReactionRow {
  readonly target_id: string;
  readonly event_id: string;
  readonly sender: UserId;
  readonly type: string;
  readonly pdu: string;
}

/** Sealed reactions of these messages, the first ones first. */
export async function findSealedReactions(
  sql: Queryable,
  roomId: string,
  targetIds: readonly string[],
): Promise<SealedReactionRow[]> {
  if (targetIds.length === 0) return [];
  return await sql<SealedReactionRow[]>`
    select r.target_id, e.event_id, e.sender, e.type, e.pdu
    from (select *, row_number() over (partition by target_id order by ord, event_id) as nr
      from message_relations
      where room_id = ${roomId} and target_id = any(${[...targetIds]})
        and kind = 'sealed_reaction') r
    join events e on e.room_id = r.room_id and e.event_id = r.event_id
    where r.nr <= ${SEALED_REACTIONS_MAX} and e.outcome = 'accepted' and not e.withheld
    order by r.target_id, r.nr`;
}

/** Who reacted to a message with a key, in the order in which they did. */
export async function findReactors(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly targetId: string;
    readonly key: string;
    /** The last one known already; undefined: from the first on. */
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<UserId[]> {
  const { roomId, targetId, key, after = "" } = query;
  const rows = await sql<{ sender: UserId }[]>`
    select sender from (select sender, min(ord) as first_ord from message_relations
      where room_id = ${roomId} and target_id = ${targetId} and kind = 'reaction' and key = ${key}
      group by sender) each
    where (first_ord, sender) > (
      coalesce((select min(ord) from message_relations
        where room_id = ${roomId} and target_id = ${targetId} and kind = 'reaction'
          and key = ${key} and sender = ${after}), -1), ${after})
    order by first_ord, sender limit ${query.limit}`;
  return rows.map((row) => row.sender);
}

/** Which of these messages are pinned: the last pin event of each decides. PROTOCOL.md 7. */
export async function findPinned(
  sql: Queryable,
  roomId: string,
  targetIds: readonly string[],
): Promise<Set<string>> {
  if (targetIds.length === 0) return new Set();
  const rows = await sql<{ target_id: string; key: string }[]>`
    select distinct on (r.target_id) r.target_id, r.key from message_relations r
    join events e on e.room_id = r.room_id and e.event_id = r.event_id
    where r.room_id = ${roomId} and r.target_id = any(${[...targetIds]})
      and r.kind = 'pin'
    order by r.target_id, e.timeline_order desc, e.event_hash desc`;
  return new Set(rows.filter((row) => row.key === "on").map((row) => row.target_id));
}

/** Ids of a channel's pinned messages, the newest pin first. */
export async function listPinned(
  sql: Queryable,
  channel: ChannelRef,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ target_id: string }[]>`
    select target_id from (
      select distinct on (r.target_id) r.target_id, r.key, r.ord from message_relations r
      join events e on e.room_id = r.room_id and e.event_id = r.event_id
      where r.room_id = ${channel.roomId} and r.channel_id = ${channel.channelId}
        and r.kind = 'pin'
      order by r.target_id, e.timeline_order desc, e.event_hash desc) last
    where key = 'on' order by ord desc limit ${limit}`;
  return rows.map((row) => row.target_id);
}

/** The caller's own reaction events with a key on a message: more than one only after a race. */
export async function findOwnReactions(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly targetId: string;
    readonly sender: string;
    readonly key: string;
  },
): Promise<string[]> {
  const rows = await sql<{ event_id: string }[]>`
    select event_id from message_relations
    where room_id = ${query.roomId} and target_id = ${query.targetId} and kind = 'reaction'
      and sender = ${query.sender} and key = ${query.key}`;
  return rows.map((row) => row.event_id);
}
