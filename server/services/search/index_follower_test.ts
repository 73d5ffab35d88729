import assert from "node:assert/strict";
import type { EventId } from "../../../core/ids/event_id.ts";
import { openTestDatabase } from "../../../tests/harness/database.ts";
import { someEvent, someRoomId } from "../../../tests/harness/log_rows.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { AppendLog } from "../../postgres/append_log.ts";
import { currentToken } from "../../postgres/log_reader.ts";
import { advanceToken, encodeSyncToken } from "../../postgres/sync_token.ts";
import { systemClock } from "../../system/clock.ts";
import { silentLog } from "../../system/log.ts";
import { IndexFollower } from "./index_follower.ts";
import { PostgresIndex } from "./postgres_index.ts";

Deno.test("index follower: what was taken away before it was heard of is not found", async () => {
  await using database = await openTestDatabase("postgres");
  const { sql, session } = database;
  const options = { sql, session, clock: systemClock, log: silentLog };
  const own = await AppendLog.open(options);
  const instance = "i";
  const token = await currentToken(sql, instance);
  await sql`
    insert into message_search_mark (index_id, token, caught_up)
    values ('postgres', ${encodeSyncToken(token)}, true)`;
  const roomId = someRoomId();
  const kept = contentful(roomId, "kept");
  const taken = contentful(roomId, "taken");
  const at = await own.append({ roomId, events: [kept, taken] });
  await own.close();
  // Another process takes it back, and its word of that comes before ours of the message.
  const gone = { ...taken, withheld: true, redactedBy: kept.eventId };
  await using other = await AppendLog.open(options);
  const there = await other.append({ roomId, updates: [gone] });
  const failures: unknown[] = [];
  await using follower = new IndexFollower({
    sql,
    index: new PostgresIndex(sql),
    clock: systemClock,
    failed: (error) => failures.push(error),
    token,
    ending: new AbortController(),
  });
  const changed = advanceToken(token, there);
  follower.take({ events: [{ ...gone, ...there, moved: true }], token: changed });
  const reached = advanceToken(changed, at);
  follower.take({
    events: [
      { ...kept, writerId: at.writerId, position: at.position - 1 },
      { ...taken, ...at },
    ],
    token: reached,
  });
  await waitFor("the index to come so far", async () => {
    const [mark] = await sql<{ token: string }[]>`select token from message_search_mark`;
    return mark?.token === encodeSyncToken(reached);
  });
  const found = await sql<{ event_id: EventId }[]>`select event_id from message_search`;
  assert.deepEqual(found.map((row) => row.event_id), [kept.eventId]);
  assert.deepEqual(failures, []);
});

Deno.test("index follower: what one writer says and takes away between two steps is not found", async () => {
  await using database = await openTestDatabase("postgres");
  const { sql, session } = database;
  await using log = await AppendLog.open({ sql, session, clock: systemClock, log: silentLog });
  const token = await currentToken(sql, "i");
  await sql`
    insert into message_search_mark (index_id, token, caught_up)
    values ('postgres', ${encodeSyncToken(token)}, true)`;
  const roomId = someRoomId();
  const kept = contentful(roomId, "kept");
  const taken = contentful(roomId, "taken");
  const gone = { ...taken, withheld: true, redactedBy: kept.eventId };
  const at = await log.append({ roomId, events: [kept, taken] });
  const there = await log.append({ roomId, updates: [gone] });
  const failures: unknown[] = [];
  await using follower = new IndexFollower({
    sql,
    index: new PostgresIndex(sql),
    clock: systemClock,
    failed: (error) => failures.push(error),
    token,
    ending: new AbortController(),
  });
  const reached = advanceToken(token, there);
  follower.take({
    events: [
      { ...kept, writerId: at.writerId, position: at.position - 1 },
      { ...taken, ...at },
      { ...gone, ...there, moved: true },
    ],
    token: reached,
  });
  await waitFor("the index to come so far", async () => {
    const [mark] = await sql<{ token: string }[]>`select token from message_search_mark`;
    return mark?.token === encodeSyncToken(reached);
  });
  const found = await sql<{ event_id: EventId }[]>`select event_id from message_search`;
  assert.deepEqual(found.map((row) => row.event_id), [kept.eventId]);
  assert.deepEqual(failures, []);
});

function contentful(roomId: ReturnType<typeof someRoomId>, body: string) {
  const event = someEvent(roomId);
  const pdu = { ...JSON.parse(event.pdu), content: { body, msgtype: "text" } };
  return { ...event, pdu: JSON.stringify(pdu) };
}
