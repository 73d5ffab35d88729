import { limits } from "../../limits.ts";
import { defineKind } from "./kind.ts";
import { relationOf } from "./relation.ts";
import { type Infer, integer, list, object } from "./shape.ts";

const max = limits.content.maxPollOptions;
const content = object({
  relates_to: relationOf("vote"),
  choices: list(integer(0, max - 1), max),
});
export type PollVoteContent = Infer<typeof content>;

/** A vote: indexes of the poll's options, none to withdraw. A sender's last vote counts. PROTOCOL.md 7. */
export const pollVoteKind = defineKind<PollVoteContent>({
  type: "m.poll.vote",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`relates_to {kind: vote, event_id}`, `choices: [index]` (empty: withdrawn)",
  right: "SEND or, on a poll in a thread, SEND_IN_THREADS",
});
