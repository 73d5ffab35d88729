import { wordsOf } from "../../../core/search/words.ts";
import { recordset } from "../../postgres/row_kind.ts";
import type { Sql, Tx } from "../../postgres/sql.ts";
import type {
  ChannelKey,
  Hit,
  HitPage,
  HitPlace,
  IndexQuestion,
  MessageIndex,
  SearchDocument,
} from "./message_index.ts";

/** The newest messages, looked through before the index is asked: words that many have end here. */
const FIRST_LOOK = 1000;
/** Hits that are collected and sorted; words with more of them are looked for newest first. */
const COLLECTED_MAX = 2000;
/** Messages looked through at a time for a word that many have. */
const LOOKED_AT = 5000;
/** Of one room at the least, where a question has several. */
const LOOKED_AT_LEAST = 200;
/** Such looks for one page; it goes on from there with the next. */
const LOOKS_MAX = 4;
/** A question that takes longer is given up (ms). */
const QUESTION_MAX_MS = 5000;

const POSTGRES_INDEX = "postgres";

interface HitRow {
  room_id: string;
  event_id: string;
  channel_id: string;
  ord: number;
  hash: Uint8Array;
}

/** Messages in Postgres' own full-text index, the embedded database's too: no extension is used. */
export class PostgresIndex implements MessageIndex {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  identity(): Promise<string> {
    return Promise.resolve(POSTGRES_INDEX);
  }

  async put(tx: Tx, documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const rows = documents.map((each) => ({
      r: each.roomId,
      e: each.eventId,
      c: each.channelId,
      s: each.sender,
      o: each.order,
      h: each.hash.toHex(),
      f: each.textFrom,
      w: vectorOf(each),
    }));
    await tx`
      insert into message_search (room_id, event_id, channel_id, sender, ord, hash, text_from, words)
      select x.r, x.e, x.c, x.s, x.o, decode(x.h, 'hex'), x.f, x.w::tsvector
      from json_to_recordset(${recordset(tx, rows)}) as x(r text, e text, c text, s text, o bigint,
        h text, f text, w text)
      on conflict (room_id, event_id) do update set ord = excluded.ord,
        text_from = excluded.text_from, words = excluded.words`;
  }

  async remove(tx: Tx, roomId: string, eventIds: readonly string[]): Promise<void> {
    if (eventIds.length === 0) return;
    await tx`
      delete from message_search where room_id = ${roomId} and event_id = any(${[...eventIds]})`;
  }

  async removeRoom(tx: Tx, roomId: string): Promise<void> {
    await tx`delete from message_search where room_id = ${roomId}`;
  }

  async editedBy(tx: Tx, roomId: string, editIds: readonly string[]): Promise<readonly string[]> {
    if (editIds.length === 0) return [];
    const rows = await tx<{ event_id: string }[]>`
      select event_id from message_search
      where room_id = ${roomId} and text_from = any(${[...editIds]}) and text_from <> event_id`;
    return rows.map((row) => row.event_id);
  }

  /** It is with the transaction. */
  settled(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * What most messages have is among the newest: they are looked through first, since to find a
   * word in the index all of its messages are gathered, however many. A rare word is then looked
   * up and its hits sorted: ordered by time at once, the planner would walk all messages
   * backwards. What is neither is found by that walk, a bounded piece at a time.
   */
  async find(question: IndexQuestion): Promise<HitPage> {
    return await this.#sql.begin("read only", async (tx) => {
      await tx`
        select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
          set_config('plan_cache_mode', 'force_custom_plan', true),
          set_config('statement_timeout', ${String(QUESTION_MAX_MS)}, true)`;
      const newest = await look(tx, question, FIRST_LOOK);
      if (newest.end === undefined) return pageOf(newest.hits, question.limit);
      if (newest.hits.length <= question.limit) {
        const collected = await collect(tx, question);
        if (collected.length <= COLLECTED_MAX) return pageOf(collected, question.limit);
      }
      return await walk(tx, question, newest);
    });
  }
}

/** Keeps nothing of messages where they are found elsewhere; a change back fills it anew. */
export async function emptyPostgresIndex(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`delete from message_search_mark where index_id = ${POSTGRES_INDEX}`;
    await tx`truncate message_search`;
  });
}

function pageOf(rows: readonly HitRow[], limit: number): HitPage {
  const hits = rows.slice(0, limit).map(hitOf);
  const last = hits.at(-1);
  return {
    hits,
    ...(rows.length > limit && last !== undefined ? { next: last } : {}),
    count: rows.length,
    hasMore: false,
  };
}

function hitOf(row: HitRow): Hit {
  return {
    roomId: row.room_id,
    eventId: row.event_id,
    channelId: row.channel_id,
    order: row.ord,
    hash: new Uint8Array(row.hash),
  };
}

async function collect(tx: Tx, question: IndexQuestion): Promise<HitRow[]> {
  return await tx<HitRow[]>`
    with hits as materialized (
      select s.room_id, s.event_id, s.channel_id, s.ord, s.hash from message_search s
      where s.words @@ ${tsqueryOf(question)}::tsquery and ${allowed(tx, question)}
        and ${inTime(tx, question)}
      limit ${COLLECTED_MAX + 1})
    select * from hits order by ord desc, hash desc`;
}

/** Hits among the messages that were looked through; `end`: where to go on, unless that was all. */
interface Look {
  readonly hits: readonly HitRow[];
  readonly end: HitPlace | undefined;
}

/** Goes on from a first look until a page is full, or enough was looked through for one. */
async function walk(tx: Tx, question: IndexQuestion, first: Look): Promise<HitPage> {
  const hits = [...first.hits];
  let { end } = first;
  for (let n = 0; n < LOOKS_MAX && hits.length <= question.limit && end !== undefined; n++) {
    const next = await look(tx, { ...question, before: end }, LOOKED_AT);
    hits.push(...next.hits);
    end = next.end;
  }
  const page = pageOf(hits, question.limit);
  return {
    ...page,
    ...(page.next === undefined && end !== undefined ? { next: end } : {}),
    hasMore: end !== undefined,
  };
}

/**
 * Looks through the newest messages of the rooms, `count` together. Where a room has more than its
 * share, what others have from before its last one waits for the next look.
 */
async function look(tx: Tx, question: IndexQuestion, count: number): Promise<Look> {
  const rooms = [...new Set(question.channels.map((each) => each.roomId))];
  const share = Math.max(LOOKED_AT_LEAST, Math.ceil(count / rooms.length));
  const rows = await tx<(HitRow & { fits: boolean })[]>`
    with looked as materialized (
      select s.*, row_number() over (partition by s.room_id order by s.ord desc, s.hash desc) as n
      from unnest(${rooms}::text[]) as r(room_id)
      cross join lateral (
        select s.room_id, s.event_id, s.channel_id, s.ord, s.hash,
          s.words @@ ${tsqueryOf(question)}::tsquery and ${allowed(tx, question)} as fits
        from message_search s
        where s.room_id = r.room_id and ${inTime(tx, question)}
        order by s.ord desc, s.hash desc limit ${share}) s),
    ends as (select ord, hash from looked where n = ${share} order by ord desc, hash desc limit 1)
    select room_id, event_id, channel_id, ord, hash, true as fits from looked s
    where fits and not exists (select from ends where (s.ord, s.hash) < (ends.ord, ends.hash))
    union all
    select '', '', '', ord, hash, false from ends
    order by ord desc, hash desc`;
  const end = rows.find((row) => !row.fits);
  return {
    hits: rows.filter((row) => row.fits),
    end: end && { order: end.ord, hash: new Uint8Array(end.hash) },
  };
}

/** Of a row `s`: it stands where the reader may look, by somebody whom he wants to read. */
function allowed(tx: Tx, { channels, without }: IndexQuestion) {
  return tx`exists (
      select 1 from unnest(${channels.map((each) => each.roomId)}::text[],
        ${channels.map((each) => each.channelId)}::text[],
        ${channels.map((each) => each.sinceTs)}::bigint[]) as c(room_id, channel_id, since)
      where c.room_id = s.room_id and c.channel_id = s.channel_id and s.ord >= c.since)
    and s.sender <> all(${[...without]}::text[])`;
}

function inTime(
  tx: Tx,
  { sinceTs, untilTs, before }: {
    readonly sinceTs?: number | undefined;
    readonly untilTs?: number | undefined;
    readonly before?: HitPlace | undefined;
  },
) {
  // Orders begin at the origin time, so that a time is a place in the channel.
  return tx`s.ord >= ${sinceTs ?? 0} and s.ord < ${untilTs ?? Number.MAX_SAFE_INTEGER}
    ${before === undefined ? tx`` : tx`and (s.ord, s.hash) < (${before.order}, ${before.hash})`}`;
}

/** As `tsvector` reads it: each word with its places, and the marks, which have none. */
function vectorOf(document: SearchDocument): string {
  const places = new Map<string, number[]>();
  wordsOf(document.text).forEach((word, at) => {
    const held = places.get(word);
    if (held === undefined) places.set(word, [at + 1]);
    else held.push(at + 1);
  });
  const marks = [
    channelMark(document),
    `@${document.sender}`,
    ...document.has.map((each) => `+${each}`),
    ...document.mentions.map((each) => `>${each}`),
  ];
  return [
    ...[...places].map(([word, at]) => `${quoted(word)}:${at.join(",")}`),
    ...new Set(marks.map(quoted)),
  ].join(" ");
}

/** Short: it stands in every row. Two channels with the same one are told apart by their columns. */
function channelMark({ roomId, channelId }: ChannelKey): string {
  return `#${roomId.slice(1, 9)}${channelId.slice(-8)}`;
}

/** No word begins with the sign of a mark, so that no text can pass for one. */
function tsqueryOf(question: IndexQuestion): string {
  const oneOf = (each: readonly string[]) => `(${each.map(quoted).join(" | ")})`;
  const parts = [
    ...question.words.map((word) => phraseOf(wordsOf(word), ":*")),
    ...question.phrases.map((phrase) => phraseOf(wordsOf(phrase), "")),
    oneOf([...new Set(question.channels.map(channelMark))]),
    ...(question.from === undefined ? [] : [oneOf(question.from.map((each) => `@${each}`))]),
    ...question.has.map((each) => quoted(`+${each}`)),
    ...question.mentions.map((each) => oneOf(each.map((target) => `>${target}`))),
  ];
  return parts.filter((part) => part !== "").join(" & ");
}

function phraseOf(words: readonly string[], end: ":*" | ""): string {
  if (words.length === 0) return "";
  return `(${words.map(quoted).join(" <-> ")}${end})`;
}

function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
