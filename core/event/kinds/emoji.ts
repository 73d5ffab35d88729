import { hash32, mediaUri } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { flag, type Infer, object, optional } from "./shape.ts";

const content = object({
  uri: optional(mediaUri),
  blake3: optional(hash32),
  animated: optional(flag),
});
export type EmojiContent = Infer<typeof content>;

/** A guild's own emoji; its name is the state key. Without `uri` it is removed. */
export const emojiKind = defineKind<EmojiContent>({
  type: "m.guild.emoji",
  plane: "control",
  stateKey: "emoji",
  authority: false,
  content,
  fields: "`uri?` (absent: removed), `blake3?`, `animated?`",
  right: "MANAGE_EXPRESSIONS",
});
