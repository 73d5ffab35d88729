/**
 * Searches through a million messages, each kind of question beside reading single rows by their
 * key on the same connection, taking turns. `deno run -A tests/bench/search.ts [--tiny]`
 */
import { type BenchSize, type Figure, percentile, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { PostgresIndex } from "../../server/services/search/postgres_index.ts";
import type { IndexQuestion } from "../../server/services/search/message_index.ts";
import { freshDatabase } from "../harness/postgres.ts";

const ROOM = "!searched-room-0123456789";
const CHANNELS = 20;
const LIMIT = 25;
const FULL = { messages: 1_000_000, rounds: 120 };
const TINY = { messages: 3000, rounds: 3 };

interface Case {
  readonly name: string;
  readonly atMostMs: number;
  readonly words: (n: number) => readonly string[];
  readonly channel?: number;
}

/** Words `wN` are the rarer the greater N: `w0` is in most messages, `w30000` in some twenty. */
const CASES: readonly Case[] = [
  { name: "a rare word", atMostMs: 50, words: (n) => [`w${30_000 + n * 7}`] },
  { name: "a rare beginning", atMostMs: 200, words: (n) => [`w${3000 + n}`] },
  { name: "a word of some in a hundred", atMostMs: 200, words: (n) => [`w${30 + n % 40}`] },
  { name: "a common word", atMostMs: 200, words: (n) => [`w${n % 5}`] },
  { name: "two common words", atMostMs: 200, words: (n) => ["w1", `w${2 + n % 5}`] },
  { name: "a common word in a quiet channel", atMostMs: 200, words: () => ["w0"], channel: 19 },
  { name: "a word that is nowhere", atMostMs: 50, words: (n) => [`nowhere${n}`] },
];

const channels = Array.from({ length: CHANNELS }, (_, n) => ({
  roomId: ROOM,
  channelId: `channel-${String(n).padStart(2, "0")}`,
  sinceTs: 0,
}));

/**
 * Ten words a message by a law of small numbers, as people use them; two thirds of all messages
 * stand in one channel, a thousandth in the last.
 */
async function fill(sql: Sql, count: number): Promise<void> {
  await sql`drop index message_search_words`;
  await sql`select setseed(0.5)`;
  await sql`
    insert into message_search (room_id, event_id, channel_id, sender, ord, hash, text_from, words)
    select ${ROOM}, '$e' || n, c, s, n, decode(md5(n::text) || md5((-n)::text), 'hex'), '$e' || n,
      to_tsvector('simple', w) || array_to_tsvector(array['#searched' || right(c, 8), '@' || s])
    from generate_series(1, ${count}::int) n
    cross join lateral (
      select 'channel-' || lpad((case when n % 1000 = 0 then 19 when n % 3 < 2 then 0
          else n / 3 % 18 + 1 end)::text, 2, '0') as c,
        '@user' || n % 500 || ':localhost' as s,
        array_to_string(array(select 'w' || floor(power(random(), 7) * 60000 + n * 0)::int
          from generate_series(1, 10)), ' ') as w) each`;
  await sql`
    create index message_search_words on message_search using gin (words)
    with (fastupdate = off)`;
  await sql`vacuum analyze message_search`;
}

function questionOf({ words, channel }: Case, n: number): IndexQuestion {
  return {
    words: words(n),
    phrases: [],
    channels: channel === undefined ? channels : channels.slice(channel, channel + 1),
    without: [],
    has: [],
    mentions: [],
    limit: LIMIT,
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

async function measure(sql: Sql, each: Case, settings: typeof FULL): Promise<Figure> {
  const index = new PostgresIndex(sql);
  const times: number[] = [];
  const control: number[] = [];
  let hits = 0;
  for (let n = 0; n < settings.rounds; n++) {
    const id = `$e${1 + (n * 7919) % settings.messages}`;
    control.push(
      await timed(() =>
        sql.begin(
          "read only",
          (tx) => tx`select * from message_search where room_id = ${ROOM} and event_id = ${id}`,
        )
      ),
    );
    times.push(
      await timed(async () => {
        hits += (await index.find(questionOf(each, n))).hits.length;
      }),
    );
  }
  return {
    bench: "search",
    name: `p95 of ${each.name}`,
    value: percentile(times, 0.95),
    unit: "ms",
    control: { name: "p95 of a row by its key", value: percentile(control, 0.95) },
    target: { of: "value", atMost: each.atMostMs },
    more: { p50_ms: percentile(times, 0.5), hits: hits / settings.rounds },
  };
}

export async function measureSearch(size: BenchSize): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  await using database = await freshDatabase({ poolSize: 1 });
  await fill(database.sql, settings.messages);
  for (const each of CASES) {
    // Once before it counts: the machine has read none of it yet.
    await new PostgresIndex(database.sql).find(questionOf(each, 0));
    tellFigure(await measure(database.sql, each, settings));
  }
}

if (import.meta.main) {
  await measureSearch(readSize(Deno.args));
  Deno.exit();
}
