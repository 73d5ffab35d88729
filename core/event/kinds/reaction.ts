import { limits } from "../../limits.ts";
import { mediaUri } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { relationOf } from "./relation.ts";
import { type Infer, object, optional, text } from "./shape.ts";

const content = object({
  relates_to: relationOf("reaction"),
  key: text(limits.content.maxReactionKeyBytes, 1),
  uri: optional(mediaUri),
});
export type ReactionContent = Infer<typeof content>;

/** An emoji on a message. Taken back by redacting it. Redaction removes the key. */
export const reactionKind = defineKind<ReactionContent>({
  type: "m.reaction",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`relates_to {kind: reaction, event_id}`, `key` (emoji, or name of a custom one), `uri?`",
  right: "ADD_REACTIONS",
});
