import { z } from "zod";
import { GuildSummary } from "./guild.ts";
import { defineOperation } from "./operation.ts";

/** A guild as those see it who run the server; its private channels are counted in. */
export const AdminGuild = GuildSummary.extend({
  created_ts: z.number().int(),
  local_only: z.boolean().describe("It was made for people of one server alone"),
  local_members: z.number().int().describe("Members with an account on this server"),
  messages: z.number().int().describe("Stored here, edits included, deleted ones left out"),
  media_files: z.number().int().describe("Files that its messages and its picture show"),
  media_bytes: z.number().int(),
});
export type AdminGuild = z.infer<typeof AdminGuild>;

/** `members`: the largest first. */
export const GUILD_ORDERS = ["id", "name", "members"] as const;

const params = z.object({ guild_id: z.string().max(255) });
const tag = "admin";
const auth = "admin" as const;

export const adminListGuilds = defineOperation({
  id: "adminListGuilds",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/guilds",
  tag,
  summary: "Guilds that somebody is in",
  auth,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(100).default(50),
    query: z.string().max(100).optional().describe("Part of the name, or the id"),
    order: z.enum(GUILD_ORDERS).default("id"),
    after: z.string().max(255).optional().describe("`next` of the page before"),
  }),
  result: z.object({
    guilds: z.array(AdminGuild),
    total: z.number().int(),
    next: z.string().nullable(),
  }),
  errors: ["forbidden", "invalid"],
});

export const adminGetGuild = defineOperation({
  id: "adminGetGuild",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/guilds/:guild_id",
  tag,
  summary: "One guild",
  auth,
  params,
  result: AdminGuild,
  errors: ["forbidden", "not_found"],
});

export const adminListUserGuilds = defineOperation({
  id: "adminListUserGuilds",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/users/:user_id/guilds",
  tag,
  summary: "Guilds that an account is in, in the order of joining; at most 200",
  auth,
  params: z.object({ user_id: z.string().max(255) }),
  result: z.object({ guilds: z.array(GuildSummary) }),
  errors: ["forbidden", "not_found"],
});

export const adminDeleteGuild = defineOperation({
  id: "adminDeleteGuild",
  scope: null,
  method: "DELETE",
  path: "/client/v1/admin/guilds/:guild_id",
  tag,
  summary: "End a guild on this server: everybody with an account here leaves it",
  auth,
  confirm: true,
  params,
  body: z.object({ reason: z.string().max(500).optional() }),
  result: z.object({ members_removed: z.number().int() }),
  errors: ["forbidden", "not_found", "confirmation_required"],
});
