import { name } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { relationOf } from "./relation.ts";
import { flag, type Infer, object, optional } from "./shape.ts";

const content = object({
  relates_to: relationOf("thread"),
  title: optional(name),
  archived: optional(flag),
  locked: optional(flag),
});
export type ThreadContent = Infer<typeof content>;

/** Title and state of the thread on `relates_to.event_id`; the last in timeline order wins. PROTOCOL.md 7. */
export const threadKind = defineKind<ThreadContent>({
  type: "m.thread",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`relates_to {kind: thread, event_id}`, `title?`, `archived?`, `locked?`",
  right: "SEND_IN_THREADS; counts from the thread's starter or with MANAGE_THREADS",
});
