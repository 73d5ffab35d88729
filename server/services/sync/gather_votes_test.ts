import assert from "node:assert/strict";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { gatherVotes } from "./gather_votes.ts";

const POLLS = [`$${"1".repeat(32)}`, "$ChZqA1ArLQp1ZwmCAf7UYX2XmKD4PRJCDeUwAasKmLxE"];

function vote(id: string, sender: string, more: Partial<StoredEvent> & { poll?: number } = {}) {
  const { poll = 0, ...rest } = more;
  const relates_to = { kind: "vote", event_id: POLLS[poll] };
  return {
    type: "m.poll.vote",
    roomId: "!room",
    channelId: "c",
    eventId: id,
    sender,
    outcome: "accepted",
    held: { pdu: { channel_id: "c", content: { relates_to, choices: [0] } } },
    ...rest,
  } as unknown as StoredEvent;
}

const told = (events: readonly StoredEvent[]) =>
  [...gatherVotes(events)].map(([id, voters]) => [id, [...voters]]);

Deno.test("votes of one poll are told by the last of them, with everybody who voted", () => {
  assert.deepEqual(
    told([
      vote("$a", "@ann:x"),
      vote("$b", "@bob:x", { poll: 1 }),
      vote("$c", "@eve:x"),
      vote("$d", "@ann:x"),
      vote("$e", "@mal:x", { outcome: "soft_failed" }),
    ]),
    [["$a", []], ["$b", ["@bob:x"]], ["$c", []], ["$d", ["@ann:x", "@eve:x"]]],
  );
  assert.deepEqual(told([vote("$a", "@ann:x"), vote("$a", "@ann:x")]), [["$a", ["@ann:x"]]]);
});

Deno.test("votes of many people are told a hundred at a time", () => {
  const events = Array.from({ length: 250 }, (_, n) => vote(`$${n}`, `@u${n}:x`));
  const voters = told(events).map(([, who]) => who?.length ?? 0).filter((count) => count > 0);
  assert.deepEqual(voters, [100, 100, 50]);
});
