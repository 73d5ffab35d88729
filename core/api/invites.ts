import { z } from "zod";
import { GuildSummary } from "./guild.ts";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** An invite link of this server. The code is the secret. */
export const Invite = z.object({
  code: z.string(),
  url: z.string(),
  guild_id: z.string(),
  channel_id: z.string().nullable(),
  by: z.string(),
  created_ts: z.number().int(),
  expires_ts: z.number().int().nullable(),
  max_uses: z.number().int().nullable(),
  uses: z.number().int(),
  role_id: z.string().nullable(),
  stay_s: z.number().int().nullable().describe(
    "How long who joins by it stays a member (s); null: for good",
  ),
  /** Whether somebody without an account may register with this link. */
  registers: z.boolean(),
});
export type Invite = z.infer<typeof Invite>;

export const createInvite = defineOperation({
  id: "createInvite",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/invites",
  tag: "invites",
  summary: "Make an invite link (CREATE_INVITE; a granted role also needs MANAGE_ROLES)",
  auth: "user",
  body: z.object({
    guild_id: z.string(),
    channel_id: z.string().nullable().optional(),
    max_age_s: z.number().int().min(0).max(31536000).default(604800).describe("0: never ends"),
    max_uses: z.number().int().min(0).max(100000).default(0).describe("0: no limit"),
    role_id: z.string().nullable().optional(),
    stay_s: z.number().int().min(60).max(31536000).nullable().optional().describe(
      "Who joins by it leaves by themselves after so long (KICK); null: they stay",
    ),
  }),
  result: Invite,
  errors: ["invalid", "forbidden", "not_found", "limit_reached"],
});

/** The brief's direct invitation of one user into a room. */
export const inviteUser = defineOperation({
  id: "inviteUser",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/invite",
  tag: "invites",
  summary: "Invite one user into a guild or private channel",
  auth: "user",
  body: z.object({ room_id: z.string(), user_id: z.string() }),
  result: z.object({}),
  errors: ["invalid", "forbidden", "not_found", "conflict", "limit_reached"],
});

export const listInvites = defineOperation({
  id: "listInvites",
  scope: "manage:guilds",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/invites",
  tag: "invites",
  summary: "Links of a guild (own ones; all with MANAGE_GUILD)",
  auth: "user",
  params: z.object({ guild_id: z.string() }),
  result: z.object({ invites: z.array(Invite) }),
  errors: ["not_found"],
});

export const getInvite = defineOperation({
  id: "getInvite",
  scope: null,
  method: "GET",
  path: "/client/v1/invites/:code",
  tag: "invites",
  summary: "What a link leads to, readable before login",
  auth: "none",
  params: z.object({ code: z.string() }),
  result: z.object({
    code: z.string(),
    guild: GuildSummary,
    by: User.nullable(),
    expires_ts: z.number().int().nullable(),
    stay_s: z.number().int().nullable().describe(
      "How long a membership by it lasts; null: for good",
    ),
    registers: z.boolean(),
    online_count: z.number().int(),
  }),
  errors: ["not_found", "gone"],
});

export const acceptInvite = defineOperation({
  id: "acceptInvite",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/invites/:code/accept",
  tag: "invites",
  summary: "Join the guild of a link",
  auth: "user",
  params: z.object({ code: z.string() }),
  result: z.object({ guild_id: z.string(), channel_id: z.string().nullable() }),
  errors: ["not_found", "gone", "forbidden", "limit_reached", "rate_limited"],
});

export const revokeInvite = defineOperation({
  id: "revokeInvite",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/invites/:code",
  tag: "invites",
  summary: "End a link (its maker, or MANAGE_GUILD)",
  auth: "user",
  params: z.object({ code: z.string() }),
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});
