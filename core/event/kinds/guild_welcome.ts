import { limits } from "../../limits.ts";
import { channelId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, list, object, optional, text } from "./shape.ts";

const content = object({
  text: optional(text(limits.content.maxWelcomeBytes)),
  channels: optional(list(
    object({
      channel: channelId,
      emoji: optional(text(limits.content.maxReactionKeyBytes, 1)),
      line: optional(text(limits.content.maxNameBytes)),
    }),
    limits.content.maxWelcomeChannels,
  )),
});
export type GuildWelcomeContent = Infer<typeof content>;

/** What a newcomer is shown once; without text and channels there is nothing to show. */
export const guildWelcomeKind = defineKind<GuildWelcomeContent>({
  type: "m.guild.welcome",
  plane: "control",
  stateKey: "empty",
  authority: false,
  content,
  fields:
    "`text?` (4 KiB), `channels?: [{channel, emoji? (or `:name:` of the guild's own), line?}]`, at most 5",
  right: "MANAGE_GUILD",
});
