import assert from "node:assert/strict";
import type { Poll } from "../../../core/api/poll.ts";
import { sampleMessage } from "../../../tests/harness/sample_message.ts";
import { withAnswer } from "./poll_answer.ts";
import { applyPoll } from "./polls.ts";

const POLL: Poll = {
  question: "Tea?",
  options: [{ text: "Yes", votes: 1 }, { text: "No", votes: 0 }],
  multiple: false,
  ends_ts: null,
  ended_ts: null,
  voters: 1,
  chosen: [],
};
const asked = { ...sampleMessage({ id: "$1" }), poll: POLL };
const answer = {
  ...asked,
  poll: {
    ...POLL,
    options: [{ text: "Yes", votes: 2 }, { text: "No", votes: 0 }],
    voters: 2,
    chosen: [0],
  },
};

Deno.test("an answer to a vote does not undo numbers that were told meanwhile", () => {
  assert.deepEqual(withAnswer(asked, { before: asked, changed: answer }), answer);
  const told = {
    room_id: "!r",
    channel_id: "c",
    message_id: "$1",
    votes: [2, 7],
    voters: 9,
    ended_ts: null,
    ballots: [],
  };
  const later = applyPoll(asked, told, "@ann:x");
  const seen = withAnswer(later, { before: asked, changed: answer }).poll;
  assert.deepEqual(seen?.options.map(({ votes }) => votes), [2, 7]);
  assert.deepEqual([seen?.voters, seen?.chosen, seen?.ended_ts], [9, [0], null]);
  const ended = { ...answer, poll: { ...answer.poll, ended_ts: 5 } };
  assert.equal(withAnswer(later, { before: asked, changed: ended }).poll?.ended_ts, 5);
});
