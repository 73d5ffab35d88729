import assert from "node:assert/strict";
import { jsonLog } from "./log.ts";
import { systemClock } from "./clock.ts";
import { activeTraceparent, inRequest, TraceBook, traced, traceFields } from "./tracing.ts";

const GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Deno.test("a log line of a request says which request and trace it belongs to", async () => {
  const lines: Record<string, unknown>[] = [];
  const log = jsonLog({
    level: "debug",
    clock: systemClock,
    write: (line) => lines.push(JSON.parse(line)),
  });
  await inRequest({ id: "r1", traceparent: GIVEN }, async () => {
    await Promise.resolve();
    log.log("info", "deep inside");
    await traced("ask", { side: "client" }, (traceparent) => {
      log.log("info", "deeper", { request_id: "its own" });
      assert.equal(traceparent, GIVEN, "another server is told the same trace");
      return Promise.resolve();
    });
  });
  log.log("info", "outside");
  assert.deepEqual(
    lines.map(({ message, request_id, trace_id }) => [message, request_id, trace_id]),
    [
      ["deep inside", "r1", "0af7651916cd43dd8448eb211c80319c"],
      ["deeper", "its own", "0af7651916cd43dd8448eb211c80319c"],
      ["outside", undefined, undefined],
    ],
  );
});

Deno.test("a trace begins with a request that brings none, and a forged one is not believed", async () => {
  const begun = new Set<unknown>();
  for (const traceparent of [undefined, null, "", "00-xyz", `${GIVEN}\n`, GIVEN.toUpperCase()]) {
    await inRequest({ id: "r", traceparent }, async () => {
      const { trace_id: id } = traceFields();
      assert.match(String(id), /^[0-9a-f]{32}$/);
      assert.equal(begun.has(id), false, "each request has its own");
      begun.add(id);
      assert.match(activeTraceparent() ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      // A page asks the server itself: that is part of the same trace.
      await inRequest({ id: "inner", traceparent: undefined }, () => {
        assert.deepEqual(traceFields(), { request_id: "inner", trace_id: id });
        return Promise.resolve();
      });
      // What another server signed goes before what stood in a header.
      await traced("answer", { side: "server", traceparent: GIVEN }, () => {
        assert.equal(traceFields()["trace_id"], "0af7651916cd43dd8448eb211c80319c");
        return Promise.resolve();
      });
    });
  }
  assert.deepEqual(traceFields(), {});
  assert.equal(activeTraceparent(), undefined);
});

Deno.test("the book finds the trace of an event again, and forgets the oldest", () => {
  const book = new TraceBook();
  inRequest({ id: "r", traceparent: GIVEN }, () => book.note(["first"]));
  assert.equal(book.find("first"), GIVEN);
  book.note(["outside"]);
  assert.equal(book.find("outside"), undefined);
  inRequest({ id: "r", traceparent: GIVEN }, () => {
    for (let at = 0; at < 4096; at++) book.note([`event ${at}`]);
  });
  assert.equal(book.find("first"), undefined);
  assert.equal(book.find("event 4095"), GIVEN);
});
