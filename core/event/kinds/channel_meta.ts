import { limits } from "../../limits.ts";
import { name } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { flag, type Infer, integer, object, optional, text } from "./shape.ts";

const content = object({
  name,
  topic: optional(text(limits.content.maxTopicBytes)),
  order: optional(integer(-limits.authority.maxPosition, limits.authority.maxPosition)),
  slow_mode_s: optional(integer(0, 86_400)),
  archived: optional(flag),
  age_restricted: optional(flag),
  user_limit: optional(integer(0, 99)),
  bitrate: optional(integer(8000, 128_000)),
});
export type ChannelMetaContent = Infer<typeof content>;

/** How a channel is called and ordered. What may happen in it is in `m.channel.policy`. */
export const channelMetaKind = defineKind<ChannelMetaContent>({
  type: "m.channel.meta",
  plane: "control",
  stateKey: "channel",
  authority: false,
  content,
  fields:
    "`name`, `topic?`, `order?`, `slow_mode_s?` (0..86,400), `archived?`, `age_restricted?`; of voice channels `user_limit?` (0..99, 0: none), `bitrate?` (8,000..128,000 bit/s)",
  right: "MANAGE_CHANNELS in the channel, which is not closed",
});
