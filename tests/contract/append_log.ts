import assert from "node:assert/strict";
import type { EventId } from "../../core/ids/event_id.ts";
import { AppendError } from "../../server/postgres/append_error.ts";
import { AppendLog, type LogLimits } from "../../server/postgres/append_log.ts";
import type { Database } from "../../server/postgres/database.ts";
import type { StoredEvent } from "../../server/postgres/event_rows.ts";
import { currentToken, readSince } from "../../server/postgres/log_reader.ts";
import type { CommittedBatch } from "../../server/postgres/log_writer.ts";
import { outboxRows } from "../../server/postgres/outbox.ts";
import { headMoves } from "../../server/postgres/room_rows.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import type { SyncToken } from "../../server/postgres/sync_token.ts";
import { closeWriter } from "../../server/postgres/writers.ts";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { someEvent, someRoomId } from "../harness/log_rows.ts";

interface Opened extends AsyncDisposable {
  readonly sql: Sql;
  readonly log: AppendLog;
  /** A reader that has read what was there before. */
  readonly start: SyncToken;
}

async function openLog(db: Database, limits: Partial<LogLimits> = {}): Promise<Opened> {
  const start = await currentToken(db.sql, "test");
  const log = await AppendLog.open({
    sql: db.logSql,
    session: db.session,
    clock: systemClock,
    log: silentLog,
    limits,
  });
  return { sql: db.sql, log, start, [Symbol.asyncDispose]: () => log.close() };
}

async function readAll({ sql, start }: Opened, limit = 7): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let token = start;
  while (true) {
    const page = await readSince(sql, token, { limit });
    events.push(...page.events);
    token = page.token;
    if (!page.more) return events;
  }
}

function withoutParsed(event: StoredEvent): StoredEvent {
  const { held: _held, ...rest } = event;
  return rest;
}

function outboxRow(kind: string) {
  return outboxRows.of({ kind, payload: { n: 1 }, createdTs: 1 });
}

/** What every database under the append log must give. Run over the outside and the embedded one. */
export async function appendLogContract(t: Deno.TestContext, db: Database): Promise<void> {
  await t.step(
    "what many callers append is stored once, in order per room, and read back unchanged",
    async () => {
      await using opened = await openLog(db);
      const { log } = opened;
      const delivered: CommittedBatch[] = [];
      log.subscribe((batch) => delivered.push(batch));
      const rooms = Array.from({ length: 5 }, someRoomId);
      const sent = Array.from(
        { length: 200 },
        (_, n) => someEvent(rooms[n % 5] ?? someRoomId(), { originTs: 1_800_000_000_000 + n }),
      );
      const positions = await Promise.all(
        sent.map((event) => log.append({ roomId: event.roomId, events: [event] })),
      );
      const read = await readAll(opened);
      assert.deepEqual(
        read.map((event) => event.position),
        positions.map((at) => at.position).sort((a, b) => a - b),
      );
      for (const roomId of rooms) {
        const inRoom = (events: readonly { roomId: string; eventId: string }[]) =>
          events.filter((event) => event.roomId === roomId).map((event) => event.eventId);
        assert.deepEqual(inRoom(read), inRoom(sent));
      }
      assert.deepEqual(delivered.flatMap((batch) => batch.events.map(withoutParsed)), read);
      assert.ok(delivered.length < sent.length, "appends were not gathered into batches");
    },
  );

  await t.step("a PDU keeps its bytes, whatever characters are in it", async () => {
    await using opened = await openLog(db);
    const roomId = someRoomId();
    const pdu = '{"a":"\\u0000 \\" \\\\ é 😀 \\u001f","b":[1,{"z":null}],"n":-9007199254740991}';
    const event = someEvent(roomId, { pdu });
    await opened.log.append({ roomId, events: [event] });
    const [stored] = await readAll(opened);
    assert.equal(stored?.pdu, pdu);
    assert.deepEqual(stored?.hash, event.hash);
  });

  await t.step(
    "an entry at fault fails alone; its neighbors are stored, those behind it fail",
    async () => {
      await using opened = await openLog(db, { batchesInFlight: 1 });
      const { log, sql } = opened;
      const [guilty, innocent] = [someRoomId(), someRoomId()];
      const twice = someEvent(guilty);
      await log.append({ roomId: guilty, events: [twice] });
      const results = await Promise.allSettled([
        log.append({ roomId: innocent, events: [someEvent(innocent)] }),
        log.append({ roomId: guilty, events: [someEvent(guilty)] }),
        log.append({ roomId: guilty, events: [twice], rows: [outboxRow("never")] }),
        log.append({ roomId: guilty, events: [someEvent(guilty)] }),
        log.append({ roomId: innocent, events: [someEvent(innocent)] }),
      ]);
      const outcome = results.map((result) =>
        result.status === "fulfilled" ? "stored" : (result.reason as AppendError).code
      );
      assert.deepEqual(outcome, ["stored", "stored", "duplicate", "predecessor_failed", "stored"]);
      assert.equal((await readAll(opened)).length, 4);
      assert.equal((await sql`select from outbox`).length, 0);
      await log.append({ roomId: guilty, events: [someEvent(guilty)] });
    },
  );

  await t.step("a value the database cannot hold fails its entry and nothing else", async () => {
    await using opened = await openLog(db);
    const roomId = someRoomId();
    await assert.rejects(
      opened.log.append({ roomId, events: [someEvent(roomId, { stateKey: "a\0b" })] }),
      (error) => error instanceof AppendError && error.code === "bad_value",
    );
    await opened.log.append({ roomId, events: [someEvent(roomId)] });
  });

  await t.step(
    "a change to an event of the same batch is stored, and readers meet a change again",
    async () => {
      await using opened = await openLog(db, { batchesInFlight: 1 });
      const { log, sql } = opened;
      const roomId = someRoomId();
      const early = someEvent(roomId, { outcome: "soft_failed" });
      const late = someEvent(roomId);
      await log.append({ roomId, events: [early] });
      const token = await currentToken(sql, "test");
      await Promise.all([
        log.append({ roomId, events: [late] }),
        log.append({ roomId, updates: [{ ...late, withheld: true, pdu: "{}" }] }),
        log.append({ roomId, updates: [{ ...early, outcome: "accepted" }] }),
      ]);
      const page = await readSince(sql, token, { limit: 10 });
      assert.deepEqual(
        page.events.map((
          event,
        ) => [event.eventId, event.outcome, event.withheld, event.pdu.length]),
        [[late.eventId, "accepted", true, 2], [early.eventId, "accepted", false, early.pdu.length]],
      );
      assert.equal((await readAll(opened)).length, 2);
    },
  );

  await t.step("heads move by difference, however the moves fall into batches", async () => {
    await using opened = await openLog(db);
    const { log, sql } = opened;
    const roomId = someRoomId();
    const ids = Array.from({ length: 40 }, () => someEvent(roomId).eventId);
    const moves = ids.map((id, n) => {
      const parent = ids[n - 1];
      return headMoves.of({ roomId, remove: parent ? [parent] : [], add: [id] });
    });
    await Promise.all(moves.map((move) => log.append({ roomId, rows: [move] })));
    const fork = "$fork" as EventId;
    await log.append({ roomId, rows: [headMoves.of({ roomId, remove: [], add: [fork] })] });
    const [row] = await sql<{ event_ids: string[] }[]>`
    select event_ids from graph_heads where room_id = ${roomId} and channel_id = ''`;
    assert.deepEqual([...(row?.event_ids ?? [])].sort(), [fork, ids.at(-1)].sort());
  });

  await t.step("too much waiting is refused, and a closed log refuses", async () => {
    const opened = await openLog(db, { waitingEntries: 3, batchesInFlight: 1 });
    const roomId = someRoomId();
    const results = await Promise.allSettled(
      Array.from(
        { length: 10 },
        () => opened.log.append({ roomId, events: [someEvent(roomId)] }),
      ),
    );
    const refused = results.filter((result) => result.status === "rejected");
    assert.equal(refused.length, 7);
    assert.equal((refused[0]?.reason as AppendError).code, "overloaded");
    const last = opened.log.append({ roomId, events: [someEvent(roomId)] });
    await opened[Symbol.asyncDispose]();
    await last;
    await assert.rejects(
      opened.log.append({ roomId }),
      (error) => error instanceof AppendError && error.code === "closed",
    );
  });

  await t.step("a writer taken for dead goes on as a new one, and nothing is lost", async () => {
    await using opened = await openLog(db);
    const { log, sql } = opened;
    const rooms = Array.from({ length: 8 }, someRoomId);
    const former = log.writerId;
    const send = () =>
      Promise.all(rooms.map((roomId) => log.append({ roomId, events: [someEvent(roomId)] })));
    await send();
    await Promise.all([sql.begin((tx) => closeWriter(tx, former)), send()]);
    const positions = await send();
    assert.ok(log.writerId > former);
    assert.ok(positions.every((at) => at.writerId === log.writerId));
    const read = await readAll(opened);
    assert.equal(read.length, 24);
    assert.equal(new Set(read.map((event) => event.eventId)).size, 24);
  });
}
