/**
 * How Postgres carries out the queries of a client's day in a guild with many messages, by
 * `auto_explain`: `deno run -A tests/bench/plans.ts [MESSAGES] [--full]`. One line a query: its
 * time, the blocks it touched and how it finds its rows; `--full` prints the plans.
 */
import { changedProfiles } from "../../server/services/users/changed_profiles.ts";
import {
  findEdits,
  findPinned,
  findReactions,
  lastMessages,
  listPinned,
  pageMessages,
} from "../../server/services/messages/message_rows.ts";
import { countUnread } from "../../server/services/reads/read_rows.ts";
import { readSince } from "../../server/postgres/log_reader.ts";
import postgres from "postgres";
import { type Sql, SQL_TYPES } from "../../server/postgres/sql.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { freshDatabase } from "../harness/postgres.ts";

const CHANNELS = 20;
const DEFAULT_MESSAGES = 200_000;
const ROOM = "!room" as RoomId;
const USER = "@user1:localhost" as UserId;
const FULL = Deno.args.includes("--full");

/** Three quarters of all messages stand in the first channel; some are edits, some are deleted. */
async function fill(sql: Sql, count: number): Promise<void> {
  await sql`
    insert into log_writers (writer_id, started_ts, closed, final_position)
    values (1, 1, true, ${2 * count})`;
  await sql`
    insert into events (room_id, event_id, event_hash, type, channel_id, sender, origin_ts,
      timeline_order, writer_id, position, outcome, received_ts, withheld, redacted_by, pdu)
    select ${ROOM}, '$e' || n, decode(md5(n::text) || md5((-n)::text), 'hex'), 'm.room.message',
      'c' || case when n % 4 < 3 then 0 else n / 4 % ${CHANNELS} end, '@user' || n % 500 ||
      ':localhost', n, n, 1, n, 'accepted', n, n % 20 = 7,
      case when n % 20 = 7 then '$r' end, '{"content":{"body":"some words of a message"}}'
    from generate_series(1, ${count}::int) n`;
  // Of a channel that fell silent every message was deleted.
  await sql`
    insert into events (room_id, event_id, event_hash, type, channel_id, sender, origin_ts,
      timeline_order, writer_id, position, outcome, received_ts, withheld, redacted_by, pdu)
    select ${ROOM}, '$g' || n, decode(md5('g' || n) || md5('h' || n), 'hex'), 'm.room.message',
      'silent', '@user1:localhost', n, n, 1, ${count}::int + n, 'accepted', n, true, '$r', '{}'
    from generate_series(1, ${count / 10}::int) n`;
  await sql`
    insert into message_relations (room_id, event_id, channel_id, target_id, kind, sender, key, ord)
    select ${ROOM}, '$e' || n, 'c0', '$e' || n - 4, kind, '@user' || n % 500 || ':localhost',
      case kind when 'pin' then 'on' when 'reaction' then '👍' else '' end, n
    from generate_series(8, ${count}::int, 4) n
    cross join lateral (select case when n % 400 = 0 then 'pin' when n % 40 = 0 then 'edit'
      else 'reaction' end as kind) k`;
  await sql`
    insert into profiles (user_id, updated_ts)
    select '@user' || n || ':localhost', n from generate_series(0, 499) n`;
  await sql`
    insert into current_state (room_id, type, state_key, event_id, membership)
    select ${ROOM}, 'm.room.member', '@user' || n || ':localhost', '$m' || n, 'join'
    from generate_series(0, 499) n`;
  await sql`analyze`;
}

function channels(names: readonly string[]) {
  return names.map((channelId) => ({ roomId: ROOM, channelId }));
}

function queries(sql: Sql, count: number): readonly (readonly [string, () => Promise<unknown>])[] {
  const all = [...Array.from({ length: CHANNELS }, (_, i) => `c${i}`), "silent"];
  const ids = Array.from({ length: 50 }, (_, i) => `$e${(Math.floor(count / 8) - i) * 4}`);
  const page = { roomId: ROOM, channelId: "c0", inclusive: false, limit: 51 };
  const middle = { order: Math.floor(count / 2), hash: new Uint8Array(32) };
  // `fill` put the deleted messages behind all others.
  const newest = count + count / 10;
  const token = { instance: "x", base: 0, positions: new Map([[1, newest - 100]]) };
  return [
    ["lastMessages", () => lastMessages(sql, channels(all))],
    ["countUnread, nothing read", () =>
      countUnread(sql, {
        unheard: [],
        after: 0,
        userId: USER,
        channels: channels(all).map((each) => ({ ...each, targets: "[]", since: 0 })),
      })],
    [
      "pageMessages, newest",
      () => pageMessages(sql, { ...page, from: undefined, direction: "before" }),
    ],
    [
      "pageMessages, from the middle",
      () => pageMessages(sql, { ...page, from: middle, direction: "after" }),
    ],
    [
      "pageMessages, all deleted",
      () =>
        pageMessages(sql, { ...page, channelId: "silent", from: undefined, direction: "before" }),
    ],
    ["findReactions", () => findReactions(sql, { roomId: ROOM, targetIds: ids, viewer: USER })],
    ["findEdits", () => findEdits(sql, ROOM, ids)],
    ["findPinned", () => findPinned(sql, ROOM, ids)],
    ["listPinned", () => listPinned(sql, { roomId: ROOM, channelId: "c0" }, 50)],
    ["readSince, 100 events back", () => readSince(sql, token, { rooms: [ROOM], limit: 10_001 })],
    [
      "changedProfiles",
      () => changedProfiles({ sql }, USER, { since: token, rooms: [ROOM], limit: 1000 }),
    ],
  ];
}

const count = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? DEFAULT_MESSAGES);
await using db = await freshDatabase();
await fill(db.sql, count);
const plans: string[] = [];
const sql = postgres(db.url, {
  max: 1,
  types: SQL_TYPES,
  fetch_types: false,
  onnotice: (notice) => plans.push(String(notice["message"])),
}) as unknown as Sql;
await sql.unsafe(`
  load 'auto_explain';
  set auto_explain.log_min_duration = 0;
  set auto_explain.log_analyze = on;
  set auto_explain.log_buffers = on;
  set client_min_messages = log;`);
for (const [name, run] of queries(sql, count)) {
  await run();
  plans.length = 0;
  await run();
  const text = plans.join("\n");
  const ms = [...text.matchAll(/duration: ([\d.]+) ms/g)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  const blocks = [...text.matchAll(/^\s+Buffers: shared hit=(\d+)/gm)]
    .reduce((most, [, n]) => Math.max(most, Number(n)), 0);
  const scans = [
    ...new Set(
      [...text.matchAll(
        /(Seq Scan|Index Scan|Index Only Scan|Bitmap Heap Scan)[^(]*? on (events|message_relations|profiles|current_state)/g,
      )]
        .map(([, kind, table]) => `${kind} ${table}`),
    ),
  ];
  console.log(
    `${name.padEnd(32)} ${ms.toFixed(1).padStart(8)} ms ${String(blocks).padStart(7)} blocks  ${
      scans.join(", ")
    }`,
  );
  if (FULL) console.log(text);
}
await sql.end();
