import assert from "node:assert/strict";
import type { EventId } from "../../core/ids/event_id.ts";
import { limits } from "../../core/limits.ts";
import { TransportError } from "../ports.ts";
import { EduQueue, EDUS_WAITING_MAX } from "./edu_queue.ts";
import { ALONE_REFUSED_MAX, narrow, refusesBody, WIDE } from "./narrowing.ts";
import type { Mark, OutgoingEvent } from "./ports.ts";
import { cutTransaction, transactionId } from "./transaction.ts";

function events(count: number, bytes: number): OutgoingEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    eventId: `$${index}` as EventId,
    pdu: {},
    bytes,
    mark: String(index) as Mark,
  }));
}

function edu(n: number, replaces?: string) {
  return { type: "m.typing", content: { n }, ...(replaces === undefined ? {} : { replaces }) };
}

Deno.test("a transaction holds at most 50 events and 100 EDUs, in their order", () => {
  const queue = new EduQueue();
  for (let n = 0; n < 150; n++) queue.push(edu(n));
  const cut = cutTransaction(events(80, 500), queue);
  assert.deepEqual(cut.events, events(80, 500).slice(0, limits.transaction.maxPdus));
  assert.deepEqual(cut.edus.map(({ content }) => content["n"]), [...Array(100).keys()]);
  queue.remove(cut.edus);
  assert.equal(queue.size, 50);
});

Deno.test("the largest events and EDUs together stay within 4 MiB", () => {
  const queue = new EduQueue();
  for (let n = 0; n < 150; n++) {
    queue.push({ type: "m.to_device", content: { body: "x".repeat(8_100), n } });
  }
  const cut = cutTransaction(events(50, limits.event.maxBytes + 600), queue);
  const bytes = cut.events.reduce((sum, event) => sum + event.bytes, 0) +
    JSON.stringify(cut.edus).length;
  assert.ok(cut.events.length === 50, "events come first");
  assert.ok(cut.edus.length > 0 && cut.edus.length < 100, `${cut.edus.length} EDUs`);
  assert.ok(bytes < limits.transaction.maxBytes, `${bytes} bytes`);
  assert.equal(cutTransaction(events(50, 200_000), new EduQueue()).events.length, 20);
});

Deno.test("of EDUs that replace each other the newest is left, and stands last", () => {
  const queue = new EduQueue();
  queue.push(edu(1, "typing of ada"));
  queue.push(edu(2));
  queue.push(edu(3, "typing of ada"));
  assert.deepEqual(queue.peek(1e6).edus.map(({ content }) => content["n"]), [2, 3]);
});

Deno.test("an EDU queue drops the oldest beyond its bound, and any that is too large", () => {
  const queue = new EduQueue();
  let dropped = 0;
  for (let n = 0; n < EDUS_WAITING_MAX + 7; n++) dropped += queue.push(edu(n));
  assert.equal(dropped, 7);
  assert.equal(queue.size, EDUS_WAITING_MAX);
  assert.equal(queue.peek(1e6).edus[0]?.content["n"], 7);
  assert.equal(queue.push({ type: "m.to_device", content: { body: "x".repeat(9_000) } }), 1);
});

Deno.test("an EDU that was replaced while it was under way is not taken away with it", () => {
  const queue = new EduQueue();
  queue.push(edu(1, "read of ada"));
  const { edus } = queue.peek(1e6);
  queue.push(edu(2, "read of ada"));
  queue.remove(edus);
  assert.deepEqual(queue.peek(1e6).edus.map(({ content }) => content["n"]), [2]);
});

Deno.test("a repetition has the name of the first try, other content another", () => {
  const cut = { events: events(3, 10), edus: [] };
  assert.equal(transactionId(cut, "n"), transactionId({ events: events(3, 10), edus: [] }, "n"));
  assert.notEqual(transactionId(cut, "n"), transactionId(cut, "m"));
  assert.notEqual(transactionId(cut, "n"), transactionId({ events: events(4, 10), edus: [] }, "n"));
  assert.match(transactionId(cut, "n"), /^[0-9A-Za-z_-]{1,64}$/);
});

Deno.test("a refused body is narrowed down to the one event, which is then left out", () => {
  const first = narrow(WIDE, { pdus: 50, edus: 3 });
  assert.deepEqual(first, { kind: "less", narrowing: WIDE });
  let step = narrow(WIDE, { pdus: 50, edus: 0 });
  const sizes: number[] = [];
  while (step.kind === "less") {
    sizes.push(step.narrowing.maxPdus);
    step = narrow(step.narrowing, { pdus: step.narrowing.maxPdus, edus: 0 });
  }
  assert.deepEqual(sizes, [25, 12, 6, 3, 1]);
  for (let n = 2; n < ALONE_REFUSED_MAX; n++) {
    assert.equal(step.kind, "later");
    if (step.kind === "later") step = narrow(step.narrowing, { pdus: 1, edus: 0 });
  }
  assert.equal(step.kind, "later");
  if (step.kind === "later") step = narrow(step.narrowing, { pdus: 1, edus: 0 });
  assert.equal(step.kind, "skip");
});

Deno.test("only a refusal of the body itself narrows; doors that are shut do not", () => {
  const status = (code: number) => new TransportError("refused", "no", { status: code });
  for (const code of [400, 413, 415, 422]) assert.ok(refusesBody(status(code)));
  for (const code of [401, 403, 404, 409, 429]) assert.ok(!refusesBody(status(code)));
  assert.ok(!refusesBody(new TransportError("server_error", "no", { status: 500 })));
  assert.ok(refusesBody(new TransportError("bad_answer", "a proxy's page", { status: 413 })));
  assert.ok(!refusesBody(new TransportError("bad_answer", "no door here", { status: 400 })));
  assert.ok(!refusesBody(new TransportError("too_large", "its answer was too large")));
});
