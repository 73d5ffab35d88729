import type { Sql } from "../../postgres/sql.ts";

/** Messages in one file of the export: it is built in memory. */
const MESSAGES_PER_FILE = 1000;

/** A room that somebody is or was in. */
export interface ExportedRoom {
  readonly room_id: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly membership: string;
  /** When that membership began, ms. */
  readonly since_ts: number;
  /** Name and picture for this guild alone. */
  readonly nickname: string | null;
  readonly guild_avatar: string | null;
}

export async function roomsOf(sql: Sql, userId: string): Promise<ExportedRoom[]> {
  return await sql<ExportedRoom[]>`
    select c.room_id, event_json(meta.pdu) -> 'content' ->> 'name' as name,
      event_json(made.pdu) -> 'content' ->> 'kind' as kind, c.membership, own.origin_ts as since_ts,
      event_json(worn.pdu) -> 'content' ->> 'nickname' as nickname,
      event_json(worn.pdu) -> 'content' ->> 'avatar' as guild_avatar
    from current_state c
      join events own on own.room_id = c.room_id and own.event_id = c.event_id
      left join current_state m on m.room_id = c.room_id and m.type = 'm.guild.meta'
        and m.state_key = ''
      left join events meta on meta.room_id = m.room_id and meta.event_id = m.event_id
      left join current_state r on r.room_id = c.room_id and r.type = 'm.room.create'
        and r.state_key = ''
      left join events made on made.room_id = r.room_id and made.event_id = r.event_id
      left join current_state p on p.room_id = c.room_id and p.type = 'm.member.profile'
        and p.state_key = ${userId}
      left join events worn on worn.room_id = p.room_id and worn.event_id = p.event_id
    where c.type = 'm.room.member' and c.state_key = ${userId} and c.membership is not null
    order by own.origin_ts, c.room_id`;
}

/** A file with what somebody wrote in one channel. */
export interface WrittenPage {
  readonly channelId: string;
  readonly channelName: string | null;
  /** From 1. */
  readonly page: number;
  readonly messages: readonly unknown[];
}

interface WrittenRow {
  readonly event_id: string;
  readonly type: string;
  readonly origin_ts: number;
  readonly withheld: boolean;
  readonly pdu: string;
  readonly timeline_order: number;
  readonly event_hash: Uint8Array;
}

/** What somebody wrote in a room, channel by channel, a bounded piece at a time. */
export async function* wordsIn(
  sql: Sql,
  roomId: string,
  userId: string,
): AsyncGenerator<WrittenPage> {
  for (let channelId = "";;) {
    const [next] = await sql<{ channel_id: string }[]>`
      select channel_id from events where room_id = ${roomId} and channel_id > ${channelId}
      order by channel_id limit 1`;
    if (next === undefined) return;
    channelId = next.channel_id;
    const [meta] = await sql<{ name: string | null }[]>`
      select event_json(e.pdu) -> 'content' ->> 'name' as name
      from current_state c join events e using (room_id, event_id)
      where c.room_id = ${roomId} and c.type = 'm.channel.meta' and c.state_key = ${channelId}`;
    let after: WrittenRow | undefined;
    for (let page = 1;; page++) {
      const rows = await pageOf(sql, { roomId, channelId, userId, after });
      if (rows.length > 0) {
        yield { channelId, channelName: meta?.name ?? null, page, messages: rows.map(shown) };
      }
      after = rows.at(-1);
      if (rows.length < MESSAGES_PER_FILE) break;
    }
  }
}

async function pageOf(
  sql: Sql,
  of: { roomId: string; channelId: string; userId: string; after: WrittenRow | undefined },
): Promise<WrittenRow[]> {
  const { after } = of;
  return await sql<WrittenRow[]>`
    select event_id, type, origin_ts, withheld, pdu, timeline_order, event_hash from events
    where room_id = ${of.roomId} and channel_id = ${of.channelId} and sender = ${of.userId}
      and outcome = 'accepted' ${
    after === undefined
      ? sql``
      : sql`and (timeline_order, event_hash) > (${after.timeline_order}, ${after.event_hash})`
  }
    order by timeline_order, event_hash limit ${MESSAGES_PER_FILE}`;
}

function shown(row: WrittenRow) {
  const { content } = JSON.parse(row.pdu) as { content?: unknown };
  return {
    id: row.event_id,
    type: row.type,
    sent: new Date(row.origin_ts).toISOString(),
    // What was deleted or erased is not held any more, by anybody.
    ...(row.withheld ? { deleted: true } : { content }),
  };
}
