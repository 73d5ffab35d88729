import assert from "node:assert/strict";
import { sampleMessage } from "../../../tests/harness/sample_message.ts";
import { applyPoll } from "./polls.ts";

const TOLD = {
  room_id: "!r",
  channel_id: "c",
  message_id: "$1",
  votes: [3, 1],
  voters: 4,
  ended_ts: null,
  ballots: [{ user_id: "@bob:x", choices: [1] }],
};

Deno.test("what is told of a poll changes its numbers, and one's own choice only where it is one's own", () => {
  const poll = {
    question: "Tea?",
    options: [{ text: "Yes", votes: 3 }, { text: "No", votes: 0 }],
    multiple: false,
    ends_ts: 9,
    ended_ts: null,
    voters: 3,
    chosen: [0],
  };
  const message = { ...sampleMessage({ id: "$1" }), poll };
  const seen = applyPoll(message, TOLD, "@ann:x").poll;
  assert.deepEqual(seen?.options.map(({ votes }) => votes), [3, 1]);
  assert.deepEqual([seen?.voters, seen?.chosen, seen?.ends_ts], [4, [0], 9]);
  assert.deepEqual(applyPoll(message, TOLD, "@bob:x").poll?.chosen, [1]);
  assert.equal(applyPoll(message, { ...TOLD, ended_ts: 5 }, "@ann:x").poll?.ended_ts, 5);
  const plain = sampleMessage({ id: "$1" });
  assert.equal(applyPoll(plain, TOLD, "@ann:x"), plain);
});
