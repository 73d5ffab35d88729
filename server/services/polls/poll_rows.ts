import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** What of a poll decides which votes count. */
export interface PollRef {
  readonly id: string;
  readonly channelId: string;
  readonly sender: string;
  readonly options: number;
  readonly multiple: boolean;
  /** Later votes do not count, ms. */
  readonly endsTs: number | undefined;
}

/** The polls as a table `p`. */
function table(sql: Queryable, polls: readonly PollRef[]) {
  return sql`unnest(${polls.map((poll) => poll.id)}::text[],
    ${polls.map((poll) => poll.channelId)}::text[], ${polls.map((poll) => poll.sender)}::text[],
    ${polls.map((poll) => poll.options)}::int[], ${
    polls.map((poll) => poll.multiple ? poll.options : 1)
  }::int[],
    ${polls.map((poll) => poll.endsTs ?? Number.MAX_SAFE_INTEGER)}::bigint[])
    as p(id, channel_id, sender, options, answers, ends_ts)`;
}

/**
 * Of each poll that was ended by hand the event that did it: the first one in timeline order of
 * its author's and of those of people with MANAGE_MESSAGES, dated not after the end that the poll
 * has anyway. PROTOCOL.md 7.
 */
function ends(sql: Queryable, roomId: string, polls: readonly PollRef[]) {
  return sql`
    select distinct on (p.id) p.id, e.timeline_order as ord, e.event_hash as hash, e.origin_ts as ts
    from ${table(sql, polls)}
    join message_relations r on r.room_id = ${roomId} and r.target_id = p.id
      and r.kind = 'poll_end' and r.channel_id = p.channel_id
      and (r.sender = p.sender or r.key = 'managed')
    join events e on e.room_id = r.room_id and e.event_id = r.event_id and e.outcome = 'accepted'
      and e.origin_ts <= p.ends_ts
    order by p.id, e.timeline_order, e.event_hash`;
}

/**
 * Each sender's vote that counts: the last one in timeline order of those that are dated not after
 * the poll's end, stand before the event that ended it and choose what can be chosen. PROTOCOL.md 7.
 */
function ballots(sql: Queryable, roomId: string, polls: readonly PollRef[]) {
  return sql`
    select distinct on (v.id, v.sender) v.id, v.sender, v.mask
    from (
      select p.id, p.ends_ts, p.options, p.answers, r.sender, e.timeline_order, e.event_hash,
        e.origin_ts, case when r.kind = 'vote' then r.key::int end as mask
      from ${table(sql, polls)}
      join message_relations r on r.room_id = ${roomId} and r.target_id = p.id
        and r.kind = 'vote' and r.channel_id = p.channel_id
      join events e on e.room_id = r.room_id and e.event_id = r.event_id
        and e.outcome = 'accepted') v
    left join (${ends(sql, roomId, polls)}) ended on ended.id = v.id
    where v.origin_ts <= v.ends_ts
      and (ended.id is null or (v.timeline_order, v.event_hash) < (ended.ord, ended.hash))
      and v.mask < (1 << v.options) and (v.answers > 1 or v.mask & (v.mask - 1) = 0)
    order by v.id, v.sender, v.timeline_order desc, v.event_hash desc`;
}

export interface CountRow {
  readonly id: string;
  /** Options that anybody chose, by their place. */
  readonly options: readonly number[];
  /** Of each of these. */
  readonly votes: readonly number[];
  /** Who chose anything. */
  readonly voters: number;
  /** Options that the viewer chose together; 0: none. */
  readonly own: number;
}

/** How many chose what: one row a poll, however many ways there are to choose among its options. */
export async function countBallots(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly polls: readonly PollRef[];
    readonly viewer: UserId | null;
  },
): Promise<CountRow[]> {
  if (query.polls.length === 0) return [];
  return await sql<CountRow[]>`
    with counted as materialized (${ballots(sql, query.roomId, query.polls)}),
    per_option as (
      select id, at, count(*)::int as votes
      from counted, generate_series(0, ${limits.content.maxPollOptions - 1}::int) as at
      where mask >> at & 1 = 1 group by id, at),
    per_poll as (
      select id, count(*) filter (where mask <> 0)::int as voters,
        coalesce(max(mask) filter (where sender = ${query.viewer ?? ""}), 0) as own
      from counted group by id)
    select id, voters, own,
      array(select o.at from per_option o where o.id = p.id order by o.at) as options,
      array(select o.votes from per_option o where o.id = p.id order by o.at) as votes
    from per_poll p`;
}

/** When each of the polls was ended by hand, ms; absent where it was not. */
export async function findPollEnds(
  sql: Queryable,
  roomId: string,
  polls: readonly PollRef[],
): Promise<Map<string, number>> {
  if (polls.length === 0) return new Map();
  const rows = await sql<{ id: string; ts: number }[]>`${ends(sql, roomId, polls)}`;
  return new Map(rows.map((row) => [row.id, row.ts]));
}

/** What these people chose in a poll; who is not among the answer did not vote. */
export async function findBallots(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly poll: PollRef;
    readonly voters: readonly UserId[];
  },
): Promise<{ readonly sender: UserId; readonly mask: number }[]> {
  return await sql<{ sender: UserId; mask: number }[]>`
    select sender, mask from (${ballots(sql, query.roomId, [query.poll])}) counted
    where sender = any(${[...query.voters]})`;
}

/** Who chose an option, by id. */
export async function findVoters(
  sql: Queryable,
  query: {
    readonly roomId: string;
    readonly poll: PollRef;
    readonly option: number;
    /** The last one known already; undefined: from the first on. */
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<UserId[]> {
  const rows = await sql<{ sender: UserId }[]>`
    select sender from (${ballots(sql, query.roomId, [query.poll])}) counted
    where mask >> ${query.option}::int & 1 = 1 and sender > ${query.after ?? ""}
    order by sender limit ${query.limit}`;
  return rows.map((row) => row.sender);
}

/** How often somebody has voted in a poll, counting votes or not. */
export async function countVotesOf(
  sql: Queryable,
  query: { readonly roomId: string; readonly pollId: string; readonly sender: UserId },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from message_relations
    where room_id = ${query.roomId} and target_id = ${query.pollId} and kind = 'vote'
      and sender = ${query.sender}`;
  return row?.count ?? 0;
}
