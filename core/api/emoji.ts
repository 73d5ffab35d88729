import { z } from "zod";
import { GuildEmoji } from "./guild.ts";
import { GuildParams } from "./guilds.ts";
import { defineOperation } from "./operation.ts";

const EmojiParams = GuildParams.extend({
  name: z.string().describe("2 to 32 of A-Z a-z 0-9 _"),
});

export const addEmoji = defineOperation({
  id: "addEmoji",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/emoji/:name",
  tag: "guilds",
  summary: "Add an own emoji to a guild, a picture uploaded as `emoji` (MANAGE_EXPRESSIONS)",
  auth: "user",
  params: EmojiParams,
  body: z.object({ uri: z.string(), reason: z.string().max(512).optional() }),
  result: GuildEmoji,
  errors: ["invalid", "forbidden", "not_found", "conflict", "limit_reached"],
});

export const renameEmoji = defineOperation({
  id: "renameEmoji",
  scope: "manage:guilds",
  method: "PATCH",
  path: "/client/v1/guilds/:guild_id/emoji/:name",
  tag: "guilds",
  summary:
    "Call an emoji otherwise; what was said with a name it had shows it still (MANAGE_EXPRESSIONS)",
  auth: "user",
  params: EmojiParams,
  body: z.object({
    name: z.string().describe("2 to 32 of A-Z a-z 0-9 _"),
    reason: z.string().max(512).optional(),
  }),
  result: GuildEmoji,
  errors: ["invalid", "forbidden", "not_found", "conflict", "limit_reached"],
});

export const removeEmoji = defineOperation({
  id: "removeEmoji",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id/emoji/:name",
  tag: "guilds",
  summary:
    "Remove an emoji and its picture; where it was used its name is shown (MANAGE_EXPRESSIONS)",
  auth: "user",
  params: EmojiParams,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});
