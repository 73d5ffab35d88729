import assert from "node:assert/strict";
import type { Bus } from "../../core/ports/bus.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { someEvent, someRoomId } from "../../tests/harness/log_rows.ts";
import { freshDatabase, type TestDatabase } from "../../tests/harness/postgres.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { systemClock } from "../system/clock.ts";
import { LocalBus } from "../system/local_bus.ts";
import { silentLog } from "../system/log.ts";
import { AppendLog } from "./append_log.ts";
import { decodeBatch, encodeBatch } from "./batch_message.ts";
import { connect } from "./connect.ts";
import { LogFeed } from "./log_feed.ts";

async function openProcess(db: TestDatabase, bus: Bus | undefined) {
  const stack = new AsyncDisposableStack();
  const session = connect({ url: db.url, poolSize: 1, log: silentLog, keepConnections: true });
  stack.defer(() => session.end());
  const log = stack.use(
    await AppendLog.open({ sql: db.sql, session, clock: systemClock, log: silentLog }),
  );
  const feed = stack.use(
    await LogFeed.open({
      sql: db.sql,
      log,
      instance: "i",
      clock: systemClock,
      logger: silentLog,
      pollMs: 100,
      ...(bus === undefined ? {} : { bus }),
    }),
  );
  const seen: EventId[] = [];
  feed.subscribe((batch) => seen.push(...batch.events.map((event) => event.eventId)));
  return { log, feed, seen, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Loses every third message, garbles every seventh. */
function lossy(bus: Bus): Bus {
  let count = 0;
  return {
    publish(subject, payload) {
      count++;
      if (count % 7 === 0) bus.publish(subject, payload.slice(0, 20));
      else if (count % 3 !== 0) bus.publish(subject, payload);
    },
    subscribe: (subject, handle) => bus.subscribe(subject, handle),
    close: () => bus.close(),
  };
}

for (const kind of ["a bus that loses messages", "no bus"]) {
  Deno.test(`two processes see each event once, over ${kind}`, async () => {
    await using db = await freshDatabase({ poolSize: 8 });
    const bus = kind === "no bus" ? undefined : lossy(new LocalBus());
    const large = "x".repeat(60_000);
    const sent: EventId[] = [];
    await using left = await openProcess(db, bus);
    await using right = await openProcess(db, bus);
    await Promise.all(Array.from({ length: 12 }, async (_, caller) => {
      const roomId = someRoomId();
      for (let n = 0; n < 30; n++) {
        const event = someEvent(roomId, { body: n % 10 === 9 ? large : "short" });
        await (caller % 2 ? left : right).log.append({ roomId, events: [event] });
        sent.push(event.eventId);
      }
    }));
    for (const process of [left, right]) {
      await waitFor("all events", () => process.seen.length >= sent.length);
      assert.deepEqual([...process.seen].sort(), [...sent].sort());
    }
    assert.deepEqual(left.feed.token.positions, right.feed.token.positions);
  });
}

Deno.test("a batch survives its message; one too large is announced without its events", () => {
  const { held: _held, ...row } = someEvent(someRoomId(), { body: "é\u0000😀" });
  const event = { ...row, writerId: 3, position: 8 };
  const batch = { writerId: 3, previousPosition: 7, lastPosition: 8, events: [event] };
  assert.deepEqual(decodeBatch(encodeBatch(batch)), batch);
  const many = Array.from({ length: 12 }, () => ({ ...event, pdu: "x".repeat(60_000) }));
  assert.equal(decodeBatch(encodeBatch({ ...batch, events: many })).events, undefined);
});
