import assert from "node:assert/strict";
import { isArchived, THREAD_QUIET_MS, threadNameOf } from "./threads.ts";

const NOW = 1_800_000_000_000;

Deno.test("a thread is put away after a time of silence, and wakes with the next message", () => {
  const quiet = { order: 10, ts: NOW - THREAD_QUIET_MS - 1 };
  assert.deepEqual(isArchived({ stated: undefined, last: quiet }, NOW), true);
  assert.deepEqual(isArchived({ stated: undefined, last: { ...quiet, ts: NOW } }, NOW), false);
});

Deno.test("a thread put away by hand stays so until somebody writes in it again", () => {
  const stated = { archived: true, order: 20, ts: NOW - 1000 };
  assert.deepEqual(isArchived({ stated, last: { order: 19, ts: NOW - 2000 } }, NOW), true);
  assert.deepEqual(isArchived({ stated, last: undefined }, NOW), true);
  assert.deepEqual(isArchived({ stated, last: { order: 21, ts: NOW - 500 } }, NOW), false);
});

Deno.test("bringing a thread back by hand counts as a sign of life", () => {
  const stated = { archived: false, order: 20, ts: NOW - 1000 };
  const last = { order: 1, ts: NOW - 2 * THREAD_QUIET_MS };
  assert.deepEqual(isArchived({ stated, last }, NOW), false);
});

Deno.test("a thread is named after the first words of its root, never in the middle of one", () => {
  assert.deepEqual(threadNameOf("  \n## Where shall we meet?\nMore below"), "Where shall we meet?");
  assert.deepEqual(threadNameOf(""), "");
  const long = threadNameOf("word ".repeat(40));
  assert.deepEqual(long.endsWith("word…"), true);
  assert.deepEqual(long.length <= 61, true);
});

Deno.test("a name is cut without halving a character", () => {
  assert.deepEqual(threadNameOf("\u{1F600}".repeat(60)).isWellFormed(), true);
  assert.deepEqual(threadNameOf(`x${"\u{1F600}".repeat(60)}`).isWellFormed(), true);
});
