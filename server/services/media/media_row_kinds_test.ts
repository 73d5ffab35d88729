import assert from "node:assert/strict";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { MediaUri } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { RowWriter, TaggedRow } from "../../postgres/row_kind.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { filesBelow, openTestMedia, type TestMedia, upload } from "../../../tests/harness/media.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { expireMedia } from "./delete_due_blobs.ts";
import { beginUse, endUse } from "./media_row_kinds.ts";

/** One statement for all rows, as the append log writes a batch. */
async function writeBatch(sql: Queryable, rows: readonly TaggedRow[]): Promise<void> {
  const byKind = new Map<RowWriter, unknown[]>();
  for (const { kind, row } of rows) byKind.set(kind, [...byKind.get(kind) ?? [], row]);
  const [first, second] = [...byKind].map(([kind, held]) => kind.write(sql, held));
  if (first === undefined) return;
  await (second === undefined
    ? sql`with a as (${first}) select 1`
    : sql`with a as (${first}), b as (${second}) select 1`);
}

const begin = (uri: string, event: string) =>
  beginUse(uri as MediaUri, {
    kind: "event",
    subject: `$${event}` as EventId,
    roomId: "!r" as RoomId,
    channelId: "c" as ChannelId,
  }, 1);
const end = (event: string) => endUse({ kind: "event", subject: `$${event}` as EventId });

async function send(test: TestMedia): Promise<string> {
  return (await upload(test.deps, new TextEncoder().encode("file"))).uri;
}

async function expiries(test: TestMedia): Promise<(number | null)[]> {
  const rows = await test.deps.sql<{ expires_ts: number | null }[]>`
    select expires_ts from media order by media_id`;
  return rows.map((row) => row.expires_ts);
}

Deno.test("rows of an event keep its files, and let them go with its end", async () => {
  await using test = await openTestMedia();
  const { sql } = test.deps;
  const uri = await send(test);
  await writeBatch(sql, [...begin(uri, "a"), ...begin(uri, "b")]);
  await writeBatch(sql, begin(uri, "a"));
  assert.deepEqual(await expiries(test), [null]);
  await writeBatch(sql, end("a"));
  assert.deepEqual(await expiries(test), [null]);
  await writeBatch(sql, [...end("b"), ...begin(uri, "c")]);
  assert.deepEqual(await expiries(test), [null], "one batch ends the last use and begins another");
  await writeBatch(sql, end("c"));
  assert.deepEqual(await expiries(test), [0]);
  await writeBatch(sql, begin(uri, "d"));
  assert.deepEqual(await expiries(test), [null], "used again before it was deleted");
  await writeBatch(sql, end("d"));
  await test.media.jobs.runOnce();
  assert.deepEqual(filesBelow(test.blobFolder), []);
  await assert.rejects(() => writeBatch(sql, begin(uri, "e")), /foreign key/);
});

Deno.test("two transactions that end the last two uses leave none behind", async () => {
  await using test = await openTestMedia();
  const { sql } = test.deps;
  const uris = [await send(test), await send(test), await send(test)];
  await writeBatch(sql, uris.flatMap((uri) => [...begin(uri, "a"), ...begin(uri, "b")]));
  let second: Promise<unknown> = Promise.resolve();
  await sql.begin(async (tx) => {
    await writeBatch(tx, end("a"));
    second = sql.begin((other) => writeBatch(other, end("b")));
    second.catch(() => {});
    await waitFor("the second to wait for the first", async () => {
      const waiting = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.length > 0;
    });
  });
  await second;
  assert.deepEqual(await expiries(test), [0, 0, 0]);
  assert.equal(await expireMedia(test.deps), 3);
});

Deno.test("a use that begins while its file is being taken away is refused, or keeps it", async () => {
  await using test = await openTestMedia();
  const { sql } = test.deps;
  for (let round = 0; round < 8; round++) {
    const uri = await send(test);
    await writeBatch(sql, begin(uri, `a${round}`));
    await writeBatch(sql, end(`a${round}`));
    const [, used] = await Promise.allSettled([
      expireMedia(test.deps),
      writeBatch(sql, begin(uri, `b${round}`)),
    ]);
    const left = await expiries(test);
    assert.deepEqual(left, used.status === "fulfilled" ? [null] : []);
    await writeBatch(sql, end(`b${round}`));
    await expireMedia(test.deps);
  }
});
