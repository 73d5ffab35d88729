import { limits } from "../../limits.ts";
import { mediaUri } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { relationOf } from "./relation.ts";
import { sealed } from "./sealed.ts";
import { type Infer, object, optional, refine, text } from "./shape.ts";

const fields = object({
  relates_to: relationOf("reaction"),
  key: optional(text(limits.content.maxReactionKeyBytes, 1)),
  sealed: optional(sealed),
  uri: optional(mediaUri),
});
export type ReactionContent = Infer<typeof fields>;

const content = refine(fields, ({ key, sealed, uri }) => {
  if (sealed === undefined) return key === undefined ? ".key: text is expected" : undefined;
  if (key !== undefined) return ".key: not in a sealed reaction";
  return uri === undefined ? undefined : ".uri: not in a sealed reaction";
});

/**
 * An emoji on a message, or in encrypted rooms `sealed` in its place. Taken back by redacting it.
 * Redaction removes both.
 */
export const reactionKind = defineKind<ReactionContent>({
  type: "m.reaction",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields:
    "`relates_to {kind: reaction, event_id}`, `key` (emoji, or `:name:` of a guild's own) or `sealed`, `uri?`",
  right: "ADD_REACTIONS",
});
