import { z } from "zod";
import { limits } from "../limits.ts";
import { Guild } from "./guild.ts";
import { GuildParams } from "./guilds.ts";
import { defineOperation } from "./operation.ts";

/** Characters of the text, and of the line beside a channel. */
export const WELCOME_TEXT_MAX = 1000;
export const WELCOME_LINE_MAX = 80;

export const NewWelcome = z.object({
  text: z.string().trim().max(WELCOME_TEXT_MAX).nullable().default(null),
  channels: z.array(z.object({
    channel_id: z.string(),
    emoji: z.string().trim().max(40).nullable().default(null),
    line: z.string().trim().max(WELCOME_LINE_MAX).nullable().default(null),
  })).max(limits.content.maxWelcomeChannels).default([]),
  reason: z.string().max(512).optional(),
});
export type NewWelcome = z.output<typeof NewWelcome>;

export const setWelcome = defineOperation({
  id: "setWelcome",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/welcome",
  tag: "guilds",
  summary: "What newcomers are shown once; without text and channels: nothing (MANAGE_GUILD)",
  auth: "user",
  params: GuildParams,
  body: NewWelcome,
  result: Guild,
  errors: ["invalid", "forbidden", "not_found"],
});
