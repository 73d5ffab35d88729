import { limits } from "../../limits.ts";
import { hash32, mediaUri } from "./fields.ts";
import { defineKind, EMOJI_NAME } from "./kind.ts";
import { flag, type Infer, list, object, optional, pattern } from "./shape.ts";

const emojiName = pattern(EMOJI_NAME, "2 to 32 of A-Z a-z 0-9 _");
const content = object({
  uri: optional(mediaUri),
  blake3: optional(hash32),
  animated: optional(flag),
  name: optional(emojiName),
  former: optional(list(emojiName, limits.content.maxEmojiFormerNames)),
});
export type EmojiContent = Infer<typeof content>;

/**
 * A guild's own emoji; what it was called first is the state key, for ever. Without `uri` it is
 * removed. `name`: what it is called now; `former`: what it was called in between.
 */
export const emojiKind = defineKind<EmojiContent>({
  type: "m.guild.emoji",
  plane: "control",
  stateKey: "emoji",
  authority: false,
  content,
  fields: "`uri?` (absent: removed), `blake3?`, `animated?`, `name?` (absent: the state key), " +
    "`former?` (at most 10 names)",
  right: "MANAGE_EXPRESSIONS",
});
