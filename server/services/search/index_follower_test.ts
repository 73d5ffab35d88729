import assert from "node:assert/strict";
import type { EventId } from "../../../core/ids/event_id.ts";
import { openTestDatabase } from "../../../tests/harness/database.ts";
import { someEvent, someRoomId } from "../../../tests/harness/log_rows.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { AppendLog } from "../../postgres/append_log.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import { currentToken } from "../../postgres/log_reader.ts";
import type { Sql } from "../../postgres/sql.ts";
import { advanceToken, encodeSyncToken, type SyncToken } from "../../postgres/sync_token.ts";
import { systemClock } from "../../system/clock.ts";
import { silentLog } from "../../system/log.ts";
import { IndexFollower } from "./index_follower.ts";
import { PostgresIndex } from "./postgres_index.ts";

Deno.test("index follower: what was taken away before it was heard of is not found", async () => {
  await using database = await openTestDatabase("postgres");
  const { sql, session } = database;
  const options = { sql, session, clock: systemClock, log: silentLog };
  const own = await AppendLog.open(options);
  const token = await markedToken(sql);
  const roomId = someRoomId();
  const kept = contentful(roomId, "kept");
  const taken = contentful(roomId, "taken");
  const at = await own.append({ roomId, events: [kept, taken] });
  await own.close();
  // Another process takes it back, and its word of that comes before ours of the message.
  const gone = { ...taken, withheld: true, redactedBy: kept.eventId };
  await using other = await AppendLog.open(options);
  const there = await other.append({ roomId, updates: [gone] });
  const changed = advanceToken(token, there);
  const found = await foundAfter(sql, token, [
    { events: [{ ...gone, ...there, moved: true }], token: changed },
    {
      events: [
        { ...kept, writerId: at.writerId, position: at.position - 1 },
        { ...taken, ...at },
      ],
      token: advanceToken(changed, at),
    },
  ]);
  assert.deepEqual(found, [kept.eventId]);
});

Deno.test("index follower: what one writer says and takes away between two steps is not found", async () => {
  await using database = await openTestDatabase("postgres");
  const { sql, session } = database;
  await using log = await AppendLog.open({ sql, session, clock: systemClock, log: silentLog });
  const token = await markedToken(sql);
  const roomId = someRoomId();
  const kept = contentful(roomId, "kept");
  const taken = contentful(roomId, "taken");
  const gone = { ...taken, withheld: true, redactedBy: kept.eventId };
  const at = await log.append({ roomId, events: [kept, taken] });
  const there = await log.append({ roomId, updates: [gone] });
  const found = await foundAfter(sql, token, [{
    events: [
      { ...kept, writerId: at.writerId, position: at.position - 1 },
      { ...taken, ...at },
      { ...gone, ...there, moved: true },
    ],
    token: advanceToken(token, there),
  }]);
  assert.deepEqual(found, [kept.eventId]);
});

/** The end of the log, up to which the index is said to have everything. */
async function markedToken(sql: Sql): Promise<SyncToken> {
  const token = await currentToken(sql, "i");
  await sql`
    insert into message_search_mark (index_id, token, caught_up)
    values ('postgres', ${encodeSyncToken(token)}, true)`;
  return token;
}

/** What stands in the index once a follower that begins at a token has taken these in. */
async function foundAfter(
  sql: Sql,
  token: SyncToken,
  heard: readonly FeedBatch[],
): Promise<EventId[]> {
  const failures: unknown[] = [];
  await using follower = new IndexFollower({
    sql,
    index: new PostgresIndex(sql),
    clock: systemClock,
    failed: (error) => failures.push(error),
    token,
    ending: new AbortController(),
  });
  for (const batch of heard) follower.take(batch);
  const reached = heard.at(-1)?.token ?? token;
  await waitFor("the index to come so far", async () => {
    const [mark] = await sql<{ token: string }[]>`select token from message_search_mark`;
    return mark?.token === encodeSyncToken(reached);
  });
  assert.deepEqual(failures, []);
  const rows = await sql<{ event_id: EventId }[]>`select event_id from message_search`;
  return rows.map((row) => row.event_id);
}

function contentful(roomId: ReturnType<typeof someRoomId>, body: string) {
  const event = someEvent(roomId);
  const pdu = { ...JSON.parse(event.pdu), content: { body, msgtype: "text" } };
  return { ...event, pdu: JSON.stringify(pdu) };
}
