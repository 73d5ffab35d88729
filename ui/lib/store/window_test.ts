import assert from "node:assert/strict";
import fc from "fast-check";
import type { Message } from "../../../core/api/message.ts";
import { sampleMessage } from "../../../tests/harness/sample_message.ts";
import {
  addPage,
  applyReaction,
  beginSpan,
  type ChannelWindow,
  compareMessages,
  EMPTY_WINDOW,
  type Pending,
  receiveMessage,
  replaceSpan,
  WINDOW_ROWS,
} from "./window.ts";

function message(order: number, part: Partial<Message> = {}): Message {
  return sampleMessage({ id: `$m${order}`, order, body: String(order), ...part });
}
const span = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => message(from + i));
const page = (from: number, to: number, total: number) => ({
  messages: span(from, to),
  has_before: from > 0,
  has_after: to < total,
});

function check(window: ChannelWindow) {
  assert.ok(window.messages.length <= WINDOW_ROWS);
  const sorted = [...window.messages].sort(compareMessages);
  assert.deepEqual(window.messages, sorted);
  assert.equal(new Set(window.messages.map((m) => m.id)).size, window.messages.length);
  const orders = window.messages.map((m) => m.order);
  orders.forEach((order, i) => assert.equal(order, (orders[0] ?? 0) + i, "no hole inside"));
}

Deno.test("paging to and fro keeps a whole span within the bound and both ends honest", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 2000 }),
    fc.array(fc.constantFrom("before" as const, "after" as const), { maxLength: 60 }),
    (total, steps) => {
      let window = replaceSpan(EMPTY_WINDOW, page(Math.max(0, total - 50), total, total));
      for (const side of steps) {
        const first = window.messages[0]?.order ?? 0;
        const last = window.messages.at(-1)?.order ?? 0;
        window = side === "before"
          ? addPage(window, page(Math.max(0, first - 50), first, total), "before")
          : addPage(window, page(last + 1, Math.min(total, last + 51), total), "after");
        check(window);
        assert.equal(window.hasBefore, (window.messages[0]?.order ?? 0) > 0);
        assert.equal(window.hasAfter, (window.messages.at(-1)?.order ?? 0) < total - 1);
      }
    },
  ));
});

Deno.test("a new message joins only a span that reaches the present", () => {
  const reading = { ...EMPTY_WINDOW, messages: span(0, 50), hasAfter: true };
  assert.equal(receiveMessage(reading, message(400)).messages.length, 50);
  const present = { ...reading, hasAfter: false };
  assert.equal(receiveMessage(present, message(50)).messages.at(-1)?.order, 50);
});

Deno.test("what comes while a span is loaded anew is not lost, and makes no hole", () => {
  const loading: ChannelWindow = { ...EMPTY_WINDOW, messages: span(0, 3), loading: "all" };
  const came = receiveMessage(loading, message(50));
  assert.equal(came.messages.length, 3);
  assert.equal(replaceSpan(came, page(0, 50, 50)).messages.at(-1)?.order, 50);
  assert.equal(replaceSpan(came, page(0, 51, 51)).messages.length, 51);
  const elsewhere = replaceSpan(came, page(0, 20, 50));
  assert.deepEqual([elsewhere.messages.length, elsewhere.arrived.length], [20, 0]);
});

Deno.test("of two spans asked for the last one counts, whichever is answered first", () => {
  const first = beginSpan({ ...EMPTY_WINDOW, messages: span(0, 3) });
  const second = beginSpan(first);
  const early = replaceSpan(second, page(0, 3, 3), first.asked);
  assert.equal(early.loading, "all");
  const came = receiveMessage(early, message(3));
  const done = replaceSpan(came, page(0, 3, 3), second.asked);
  assert.deepEqual([done.messages.length, done.loading], [4, "none"]);
  assert.deepEqual(replaceSpan(done, page(0, 3, 3), first.asked), done);
});

Deno.test("a channel that was never loaded takes no message: its history would have a hole", () => {
  assert.equal(receiveMessage(EMPTY_WINDOW, message(7)).messages.length, 0);
  const known = replaceSpan(EMPTY_WINDOW, page(0, 0, 0));
  assert.equal(receiveMessage(known, message(7)).messages.length, 1);
});

Deno.test("the echo gives way to the message with its nonce, once", () => {
  const pending: Pending = {
    nonce: "n1",
    body: "hi",
    media: [],
    replyTo: null,
    ts: 1,
    failed: undefined,
    offline: false,
    holdUntil: undefined,
  };
  const waiting = { ...EMPTY_WINDOW, messages: span(0, 3), pending: [pending] };
  const first = receiveMessage(waiting, message(3, { nonce: "n1" }));
  assert.deepEqual([first.pending.length, first.messages.length], [0, 4]);
  const again = receiveMessage(first, message(3, { nonce: "n1" }));
  assert.equal(again.messages.length, 4);
});

Deno.test("a reaction of another leaves one's own mark alone; at zero it is gone", () => {
  const mine = { key: "👍", userId: "@me:x", added: true, count: 1, mine: true };
  const one = applyReaction(message(1), mine);
  const two = applyReaction(one, { ...mine, userId: "@b:x", count: 2, mine: false });
  assert.deepEqual(two.reactions, [{ key: "👍", count: 2, me: true, users: ["@me:x", "@b:x"] }]);
  const gone = applyReaction(two, { ...mine, added: false, count: 0 });
  assert.deepEqual(gone.reactions, []);
});
