import { defineKind } from "./kind.ts";
import { relationOf } from "./relation.ts";
import { type Infer, object } from "./shape.ts";

const content = object({ relates_to: relationOf("poll_end") });
export type PollEndContent = Infer<typeof content>;

/** Ends a poll before its time, or one without: the first that counts does. PROTOCOL.md 7. */
export const pollEndKind = defineKind<PollEndContent>({
  type: "m.poll.end",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`relates_to {kind: poll_end, event_id}`",
  right:
    "SEND or, on a poll in a thread, SEND_IN_THREADS; counts from the poll's author or with MANAGE_MESSAGES",
});
