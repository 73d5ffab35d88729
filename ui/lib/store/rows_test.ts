import assert from "node:assert/strict";
import type { Message } from "../../../core/api/message.ts";
import { sampleMessage } from "../../../tests/harness/sample_message.ts";
import { buildRows, rowsInSight } from "./rows.ts";
import { type ChannelWindow, EMPTY_WINDOW } from "./window.ts";

const SEALED = { v: 1, epoch: 1, nonce: "n", key: "a2V5", body: "Ym9keQ" } as const;

function message(order: number, part: Partial<Message> = {}): Message {
  return sampleMessage({ id: `$${order}`, order, ...part });
}

/** The rows as words: `plain` and `sealed` messages, `line`, `pending`. */
function shape(window: Partial<ChannelWindow>, encrypted = true): string {
  const rows = buildRows({ ...EMPTY_WINDOW, hasBefore: false, ...window }, {
    newAfter: undefined,
    selfId: "@me:x",
    timeZone: "UTC",
    encrypted,
  });
  return rows.filter((row) => row.kind !== "day").map((row) =>
    row.kind === "message"
      ? row.message.sealed ? "sealed" : "plain"
      : row.kind === "sealed"
      ? row.above ? "line(above)" : "line"
      : row.kind
  ).join(" ");
}
const plain = (order: number) => message(order);
const sealed = (order: number) => message(order, { kind: "sealed", sealed: SEALED });

const CHANGES = [5, 15, 25, 35].map((ts) => ({
  id: `c${ts}`,
  ts,
  icon: "people" as const,
  text: `at ${ts}`,
}));

/** Keys of all rows with the changes of a conversation of several. */
function withChanges(window: Partial<ChannelWindow>, timeZone = "UTC"): string {
  return buildRows({ ...EMPTY_WINDOW, hasBefore: false, ...window }, {
    newAfter: undefined,
    selfId: "@me:x",
    timeZone,
    encrypted: false,
    changes: CHANGES,
  }).filter((row) => row.kind !== "day").map((row) =>
    row.kind === "message" ? `${row.key}${row.grouped ? "+" : ""}` : row.key
  ).join(" ");
}

Deno.test("changes stand between what was said, and only where that is loaded", () => {
  const messages = [message(10), message(20), message(30)];
  assert.equal(withChanges({ messages }), "c5 $10 c15 $20 c25 $30 c35");
  assert.equal(withChanges({ messages: [message(11), message(12)] }), "c5 $11 $12+ c15 c25 c35");
  assert.equal(withChanges({ messages, hasBefore: true }), "$10 c15 $20 c25 $30 c35");
  assert.equal(withChanges({ messages, hasAfter: true }), "c5 $10 c15 $20 c25 $30");
  assert.equal(withChanges({ messages: [message(20)], hasBefore: true, hasAfter: true }), "$20");
  assert.equal(withChanges({}), "c5 c15 c25 c35");
  assert.equal(withChanges({ hasBefore: true }), "");
});

Deno.test("a change opens its day, and is never what the line of what is new stands for", () => {
  const rows = buildRows({ ...EMPTY_WINDOW, hasBefore: false, messages: [message(40)] }, {
    newAfter: null,
    selfId: "@me:x",
    timeZone: "UTC",
    encrypted: false,
    changes: CHANGES,
  });
  assert.deepEqual(rows.map(({ kind }) => kind), [
    "day",
    ...CHANGES.map(() => "change"),
    "message",
  ]);
});

Deno.test("messages of people who are blocked gather where they follow each other", () => {
  const of = (order: number, id: string) =>
    message(order, { author: { ...message(order).author, id } });
  const messages = [of(1, "@a:x"), of(2, "@b:x"), of(3, "@b:x"), of(4, "@c:x"), of(5, "@a:x")];
  const shown = (window: Partial<ChannelWindow>, hidden: readonly string[]) =>
    buildRows({ ...EMPTY_WINDOW, hasBefore: false, ...window }, {
      newAfter: "$2",
      selfId: "@me:x",
      timeZone: "UTC",
      encrypted: false,
      isHidden: ({ author }) => hidden.includes(author.id),
    }).filter((row) => row.kind !== "day").map((row) =>
      row.kind === "hidden" ? `${row.messages.length} up to ${row.key}` : row.key
    ).join(" ");
  assert.equal(shown({ messages }, ["@b:x", "@c:x"]), "$1 1 up to $2 new 2 up to $4 $5");
  assert.equal(shown({ messages: messages.slice(2) }, ["@b:x", "@c:x"]), "2 up to $4 $5");
  assert.equal(shown({ messages }, []), "$1 $2 new $3 $4 $5");
});

Deno.test("the line stands where encryption began, once", () => {
  const messages = [plain(1), plain(2), sealed(3), sealed(4)];
  assert.equal(shape({ messages }), "plain plain line(above) sealed sealed");
  assert.equal(shape({ messages: [sealed(1)] }), "line sealed");
  assert.equal(shape({ messages: [plain(1)] }), "plain line(above)");
  assert.equal(shape({}), "line");
  assert.equal(shape({ messages: [plain(1)] }, false), "plain");
});

Deno.test("a span that begins in the middle of what is encrypted has no line", () => {
  const window = { messages: [sealed(3), sealed(4)], hasBefore: true };
  assert.equal(shape(window), "sealed sealed");
  const odd = { messages: [sealed(3), message(4, { unsealed: true })], hasBefore: true };
  assert.equal(shape(odd), "sealed plain");
});

Deno.test("a span before the present does not say that encryption begins at its end", () => {
  assert.equal(shape({ messages: [plain(1)], hasAfter: true }), "plain");
  assert.equal(shape({ hasBefore: true }), "", "nothing was loaded yet");
});

Deno.test("what came unencrypted afterwards stands by itself, with its mark", () => {
  const rows = buildRows(
    {
      ...EMPTY_WINDOW,
      hasBefore: false,
      messages: [sealed(1), message(2, { unsealed: true }), sealed(3)],
    },
    { newAfter: undefined, selfId: "@me:x", timeZone: "UTC", encrypted: true },
  );
  const grouped = rows.flatMap((row) => row.kind === "message" ? [row.grouped] : []);
  assert.deepEqual(grouped, [false, false, true]);
});

Deno.test("the last rows that fill a window are counted, heads as more than those under them", () => {
  const window = { ...EMPTY_WINDOW, hasBefore: false, messages: [1, 2, 3, 4, 5].map(plain) };
  const rows = buildRows(window, {
    newAfter: undefined,
    selfId: "@me:x",
    timeZone: "UTC",
    encrypted: false,
  });
  assert.deepEqual(rows.map((row) => row.kind), ["day", ...Array(5).fill("message")]);
  const sight = (height: number) =>
    rowsInSight(rows, "present", { height, textPx: 10, density: "cosy" });
  assert.deepEqual(sight(0), [6, 6]);
  assert.deepEqual(sight(51), [3, 6], "three under the head");
  assert.deepEqual(sight(52), [2, 6]);
  assert.deepEqual(sight(96), [1, 6], "four and the head");
  assert.deepEqual(sight(5000), [0, 6], "no more than there are");
});

Deno.test("elsewhere the rows around the one at which it opens are counted", () => {
  const window = { ...EMPTY_WINDOW, hasBefore: false, messages: [1, 2, 3, 4, 5, 6].map(plain) };
  const rows = buildRows(window, {
    newAfter: undefined,
    selfId: "@me:x",
    timeZone: "UTC",
    encrypted: false,
  });
  const id = rows[4]?.key ?? "";
  const sight = (top: number, height: number, anchor = id) =>
    rowsInSight(rows, { id: anchor, top }, { height, textPx: 10, density: "cosy" });
  assert.deepEqual(sight(0, 30), [4, 6]);
  assert.deepEqual(sight(-10, 30), [4, 7], "its beginning is above what is seen");
  assert.deepEqual(sight(20, 30), [2, 5], "what is above it is seen as well");
  assert.deepEqual(sight(0, 68), [3, 7], "at the end nothing is below: more of what is above");
  assert.deepEqual(sight(0, 30, "gone"), [0, 7]);
});

Deno.test("what is on its way stands together as it will once it is there", () => {
  const pending = ([[0, null], [1, null], [2, "$1"], [8 * 60_000, null]] as const)
    .map(([ts, reply]) => ({
      nonce: String(ts),
      body: "hello",
      media: [],
      replyTo: reply === null ? null : { id: reply, author: null, excerpt: null },
      ts,
      failed: undefined,
      offline: true,
      holdUntil: undefined,
    }));
  const rows = buildRows({ ...EMPTY_WINDOW, hasBefore: false, pending }, {
    newAfter: undefined,
    selfId: "@me:x",
    timeZone: "UTC",
    encrypted: false,
  });
  assert.deepEqual(rows.map((row) => "grouped" in row && row.grouped), [false, true, false, false]);
});
