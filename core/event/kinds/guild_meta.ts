import { limits } from "../../limits.ts";
import { hash32, mediaUri, name } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object, optional, text } from "./shape.ts";

const content = object({
  name: optional(name),
  description: optional(text(limits.content.maxTopicBytes)),
  icon: optional(mediaUri),
  icon_blake3: optional(hash32),
  banner: optional(mediaUri),
});
export type GuildMetaContent = Infer<typeof content>;

/** A guild's or group DM's name and face. */
export const guildMetaKind = defineKind<GuildMetaContent>({
  type: "m.guild.meta",
  plane: "control",
  stateKey: "empty",
  authority: false,
  content,
  fields: "`name?`, `description?`, `icon?`, `icon_blake3?`, `banner?`",
  right: "MANAGE_GUILD; in a group DM be joined",
});
