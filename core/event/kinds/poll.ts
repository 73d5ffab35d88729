import { limits } from "../../limits.ts";
import { name, ts } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { relation } from "./relation.ts";
import { flag, type Infer, list, object, optional, text } from "./shape.ts";

const content = object({
  question: text(limits.content.maxTopicBytes, 1),
  options: list(name, limits.content.maxPollOptions, 2),
  multiple: optional(flag),
  ends_ts: optional(ts),
  relates_to: optional(relation),
});
export type PollContent = Infer<typeof content>;

/** A question with answers to choose from; it is not edited. PROTOCOL.md 7. */
export const pollKind = defineKind<PollContent>({
  type: "m.poll",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`question`, `options: [2..20 texts]`, `multiple?`, `ends_ts?`, `relates_to?`",
  right: "SEND",
});
