import type { Queryable } from "../../postgres/sql.ts";

export interface MentionPlace {
  readonly order: number;
  readonly eventId: string;
}

export interface Mention extends MentionPlace {
  readonly roomId: string;
}

export interface MentionQuery {
  /** Whose messages are left out: the reader's own, and of those whom the reader has blocked. */
  readonly unheard: readonly string[];
  readonly channels: readonly {
    readonly roomId: string;
    readonly channelId: string;
    /** What pings the reader there: user id, '&' and role ids, 'everyone'. */
    readonly targets: readonly string[];
    /** Nothing before it concerns the reader (ms). */
    readonly sinceTs: number;
  }[];
  /** Older ones than this alone. */
  readonly before: MentionPlace | undefined;
  readonly limit: number;
}

/**
 * What pings the reader in any of the channels, the newest first. Of each channel and target only
 * `limit` entries of the index are read, however many there are.
 */
export async function findMentionsOf(sql: Queryable, query: MentionQuery): Promise<Mention[]> {
  const { channels, before, limit } = query;
  const rows = await sql<{ room_id: string; event_id: string; ord: number }[]>`
    select distinct on (m.ord, m.event_id) c.room_id, m.event_id, m.ord
    from unnest(${channels.map((each) => each.roomId)}::text[],
      ${channels.map((each) => each.channelId)}::text[],
      ${channels.map((each) => JSON.stringify(each.targets))}::text[],
      ${channels.map((each) => each.sinceTs)}::bigint[]) as c(room_id, channel_id, targets, since)
    cross join lateral jsonb_array_elements_text(c.targets::jsonb) as t(target)
    cross join lateral (
      select mm.ord, mm.event_id from message_mentions mm
      where mm.room_id = c.room_id and mm.channel_id = c.channel_id and mm.target = t.target
        and mm.ord >= c.since and mm.sender <> all(${[...query.unheard]}::text[])
        ${
    before === undefined
      ? sql``
      : sql`and (mm.ord, mm.event_id) < (${before.order}::bigint, ${before.eventId}::text)`
  }
      order by mm.ord desc, mm.event_id desc limit ${limit}) m
    order by m.ord desc, m.event_id desc limit ${limit}`;
  return rows.map((row) => ({ roomId: row.room_id, eventId: row.event_id, order: row.ord }));
}
