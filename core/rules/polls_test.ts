import assert from "node:assert/strict";
import { isPollOver } from "./poll_over.ts";
import { ballotFault, choicesOf, maskOf, pollOf, pollWords } from "./polls.ts";

Deno.test("choices are bits: each option once, in the poll's order, up to the last of twenty", () => {
  assert.equal(maskOf([]), 0);
  assert.equal(maskOf([2, 0, 2]), 5);
  assert.deepEqual(choicesOf(5), [0, 2]);
  assert.deepEqual(choicesOf(0), []);
  const all = Array.from({ length: 20 }, (_, at) => at);
  assert.deepEqual(choicesOf(maskOf(all)), all);
});

Deno.test("choices that a poll does not have, or too many of them, are refused in words", () => {
  const one = { options: 3, multiple: false };
  assert.equal(ballotFault([], one), undefined);
  assert.equal(ballotFault([2, 2], one), undefined);
  assert.match(ballotFault([0, 1], one) ?? "", /one answer/);
  assert.match(ballotFault([3], one) ?? "", /Option 3 is not in this poll/);
  assert.equal(ballotFault([0, 1], { ...one, multiple: true }), undefined);
});

Deno.test("a poll is over when its time is, or when somebody ended it", () => {
  assert.equal(isPollOver({ ends_ts: null, ended_ts: null }, 10), false);
  assert.equal(isPollOver({ ends_ts: 10, ended_ts: null }, 10), false, "its last millisecond");
  assert.equal(isPollOver({ ends_ts: 10, ended_ts: null }, 11), true);
  assert.equal(isPollOver({ ends_ts: null, ended_ts: 5 }, 5), true);
});

Deno.test("what is no poll, or edits one, asks nothing", () => {
  const content = { question: "Tea?", options: ["Yes", "No"] };
  const poll = pollOf({ type: "m.poll", content });
  assert.equal(poll && pollWords(poll), "Tea?\nYes\nNo");
  assert.equal(pollOf({ type: "m.room.message", content }), undefined);
  assert.equal(pollOf({ type: "m.poll", content: { ...content, options: ["Yes"] } }), undefined);
  const relates_to = { kind: "edit", event_id: `$${"1".repeat(32)}` };
  assert.equal(pollOf({ type: "m.poll", content: { ...content, relates_to } }), undefined);
});
