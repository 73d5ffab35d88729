import { z } from "zod";
import { Bits, ChannelEntry } from "./channel.ts";
import { Guild, GuildSummary, HistoryAccess, Member, Role } from "./guild.ts";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

export const GuildParams = z.object({ guild_id: z.string() });
export const Name = z.string().trim().min(1).max(100);
const Reason = z.string().max(512).optional();

export const createGuild = defineOperation({
  id: "createGuild",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/guilds",
  tag: "guilds",
  summary: "Create a guild with #general and a voice channel",
  auth: "user",
  body: z.object({
    name: Name,
    icon: z.string().nullable().optional(),
    local_only: z.boolean().default(false).describe("For ever closed to people of other servers"),
  }),
  result: Guild,
  errors: ["invalid", "limit_reached", "rate_limited"],
});

export const listGuilds = defineOperation({
  id: "listGuilds",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds",
  tag: "guilds",
  summary: "Guilds the caller has joined",
  auth: "user",
  result: z.object({ guilds: z.array(GuildSummary) }),
  errors: [],
});

export const getGuild = defineOperation({
  id: "getGuild",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id",
  tag: "guilds",
  summary: "A guild as the caller sees it",
  auth: "user",
  params: GuildParams,
  result: Guild,
  errors: ["not_found"],
});

export const updateGuild = defineOperation({
  id: "updateGuild",
  scope: "manage:guilds",
  method: "PATCH",
  path: "/client/v1/guilds/:guild_id",
  tag: "guilds",
  summary: "Change name, icon, description or who may read history (MANAGE_GUILD)",
  auth: "user",
  params: GuildParams,
  body: z.object({
    name: Name.optional(),
    icon: z.string().nullable().optional(),
    description: z.string().max(1000).nullable().optional(),
    /** Whether people without an invitation may ask to be let in. */
    knock: z.boolean().optional(),
    history: HistoryAccess.optional(),
    reason: Reason,
  }),
  result: Guild,
  errors: ["invalid", "forbidden", "not_found"],
});

export const deleteGuild = defineOperation({
  id: "deleteGuild",
  scope: null,
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id",
  tag: "guilds",
  summary: "Delete a guild for everyone (owner; `name` repeats the guild's name as a guard)",
  auth: "user",
  confirm: true,
  params: GuildParams,
  body: z.object({ name: z.string() }),
  result: z.object({}),
  errors: ["invalid", "forbidden", "not_found", "confirmation_required"],
});

export const transferGuild = defineOperation({
  id: "transferGuild",
  scope: null,
  method: "POST",
  path: "/client/v1/guilds/:guild_id/owner",
  tag: "guilds",
  summary: "Hand the guild over to another member (owner); one of another server is asked first",
  auth: "user",
  confirm: true,
  params: GuildParams,
  body: z.object({ user_id: z.string() }),
  result: Guild,
  errors: ["invalid", "forbidden", "not_found", "confirmation_required"],
});

export const upgradeGuild = defineOperation({
  id: "upgradeGuild",
  scope: null,
  method: "POST",
  path: "/client/v1/guilds/:guild_id/upgrade",
  tag: "guilds",
  summary:
    "Let the guild go on in a new room (owner): members follow, messages stay in the old one",
  auth: "user",
  confirm: true,
  params: GuildParams,
  result: Guild,
  errors: ["forbidden", "not_found", "conflict", "confirmation_required"],
});

export const leaveGuild = defineOperation({
  id: "leaveGuild",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/guilds/:guild_id/leave",
  tag: "guilds",
  summary: "Leave a guild (the owner hands over first)",
  auth: "user",
  params: GuildParams,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

const RoleBody = z.object({
  name: Name,
  color: z.string().regex(/^#[0-9a-f]{6}$/).nullable(),
  hoist: z.boolean(),
  mentionable: z.boolean(),
  bits: Bits,
});
export const RoleParams = GuildParams.extend({ role_id: z.string() });

export const createRole = defineOperation({
  id: "createRole",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/roles",
  tag: "roles",
  summary: "Create a role below the caller's own rank (MANAGE_ROLES)",
  auth: "user",
  body: RoleBody.partial().extend({ guild_id: z.string(), name: Name, reason: Reason }),
  result: Role,
  errors: ["invalid", "forbidden", "not_found", "limit_reached"],
});

export const updateRole = defineOperation({
  id: "updateRole",
  scope: "manage:guilds",
  method: "PATCH",
  path: "/client/v1/guilds/:guild_id/roles/:role_id",
  tag: "roles",
  summary: "Change a role; `everyone` has bits only (MANAGE_ROLES)",
  auth: "user",
  params: RoleParams,
  body: RoleBody.partial().extend({ reason: Reason }),
  result: Role,
  errors: ["invalid", "forbidden", "not_found"],
});

export const orderRoles = defineOperation({
  id: "orderRoles",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/roles",
  tag: "roles",
  summary: "Set the order of all roles, strongest first, without everyone (MANAGE_ROLES)",
  auth: "user",
  params: GuildParams,
  body: z.object({ roles: z.array(z.string()).max(250), reason: Reason }),
  result: z.object({ roles: z.array(Role) }),
  errors: ["invalid", "forbidden", "not_found"],
});

export const deleteRole = defineOperation({
  id: "deleteRole",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id/roles/:role_id",
  tag: "roles",
  summary: "Delete a role (MANAGE_ROLES)",
  auth: "user",
  params: RoleParams,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

/** Which rule spoke; PROTOCOL.md 4 gives their order. */
export const ExplainCause = z.enum([
  "unknown_channel",
  "closed_channel",
  "not_joined",
  "owner",
  "administrator",
  "room_kind",
  "webhook",
  "role",
  "entry",
  "not_granted",
  "hidden",
  "timeout",
]);

export const explainPermission = defineOperation({
  id: "explainPermission",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/explain",
  tag: "roles",
  summary: "Why somebody can or cannot do something: the role, entry and event that decided",
  auth: "user",
  params: GuildParams,
  query: z.object({
    user_id: z.string(),
    right: z.string().describe("Name of a permission, e.g. SEND"),
    channel_id: z.string().optional(),
  }),
  result: z.object({
    allowed: z.boolean(),
    /** The one step that decided, in words, and what stands behind it. */
    decided_by: z.string(),
    cause: ExplainCause,
    role_id: z.string().nullable(),
    target: z.string().nullable(),
    event_id: z.string().nullable(),
    /** Who made it so and when, where that is not lost in a long past. */
    set: z.object({ event_id: z.string(), by: z.string(), ts: z.number().int() }).nullable(),
    /** Everything that spoke, in the order in which the rules apply; the last decided. */
    steps: z.array(z.object({
      effect: z.enum(["allow", "deny"]),
      cause: ExplainCause,
      role_id: z.string().nullable(),
      target: z.string().nullable(),
    })),
  }),
  errors: ["invalid", "not_found"],
});

export const viewAs = defineOperation({
  id: "viewAs",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/view_as",
  tag: "roles",
  summary:
    "What a role or a member may do in each channel the caller sees (MANAGE_ROLES); name one of the two",
  auth: "user",
  params: GuildParams,
  query: z.object({ role_id: z.string().optional(), user_id: z.string().optional() }),
  result: z.object({
    permissions: Bits.describe("Base rights in the guild"),
    channels: z.array(z.object({ id: z.string(), permissions: Bits })).describe(
      "Without VIEW_CHANNEL: hidden",
    ),
  }),
  errors: ["invalid", "forbidden", "not_found"],
});

const Affected = z.object({
  count: z.number().int(),
  some: z.array(z.string()).describe("A few of them"),
});

export const previewPermissions = defineOperation({
  id: "previewPermissions",
  scope: "read",
  method: "POST",
  path: "/client/v1/guilds/:guild_id/permissions/preview",
  tag: "roles",
  summary: "Which members would lose or gain which rights, before anything is saved (MANAGE_ROLES)",
  auth: "user",
  params: GuildParams,
  body: z.union([
    z.object({ channel_id: z.string(), entries: z.array(ChannelEntry).max(200) }),
    z.object({ role_id: z.string(), bits: Bits }),
  ]),
  result: z.object({
    members: z.number().int().describe("For how many something changes"),
    changes: z.array(z.object({ right: z.string(), lose: Affected, gain: Affected })),
  }),
  errors: ["invalid", "forbidden", "not_found"],
});

export const updateRoleMembers = defineOperation({
  id: "updateRoleMembers",
  scope: "manage:guilds",
  method: "PATCH",
  path: "/client/v1/guilds/:guild_id/roles/:role_id/members",
  tag: "roles",
  summary: "Give a role to several members and take it from others at once (MANAGE_ROLES)",
  auth: "user",
  params: RoleParams,
  body: z.object({
    add: z.array(z.string()).max(100).default([]),
    remove: z.array(z.string()).max(100).default([]),
    reason: Reason,
  }),
  result: z.object({ member_count: z.number().int() }),
  errors: ["invalid", "forbidden", "not_found"],
});

export const MemberParams = GuildParams.extend({ user_id: z.string() });

export const listMembers = defineOperation({
  id: "listMembers",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/members",
  tag: "members",
  summary:
    "Members of a guild, or of a private channel by its room, a page at a time, optionally only those who see a channel",
  auth: "user",
  params: GuildParams,
  query: z.object({
    search: z.string().max(100).optional(),
    role_id: z.string().optional(),
    channel_id: z.string().optional(),
    sort: z.enum(["name", "newest", "oldest"]).default("name").describe(
      "By user name, or by when they joined",
    ),
    after: z.string().optional().describe("user id of the last row of the page before"),
    limit: z.coerce.number().int().min(1).max(200).default(100),
  }),
  result: z.object({
    members: z.array(Member),
    total: z.number().int().describe(
      "All that were looked for; webhooks are listed and not counted",
    ),
    next: z.string().nullable(),
  }),
  errors: ["not_found"],
});

export const getMember = defineOperation({
  id: "getMember",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/members/:user_id",
  tag: "members",
  summary: "One member",
  auth: "user",
  params: MemberParams,
  result: Member,
  errors: ["not_found"],
});

export const updateMember = defineOperation({
  id: "updateMember",
  scope: "manage:guilds",
  method: "PATCH",
  path: "/client/v1/guilds/:guild_id/members/:user_id",
  tag: "members",
  summary: "Nickname, guild avatar, roles, timeout or end of the membership of a member",
  auth: "user",
  params: MemberParams,
  body: z.object({
    nickname: z.string().trim().max(64).nullable().optional(),
    guild_avatar: z.string().nullable().optional(),
    roles: z.array(z.string()).max(64).optional(),
    timeout_until: z.number().int().nullable().optional().describe("ms; null lifts"),
    stay_until: z.number().int().nullable().optional().describe(
      "When the membership ends by itself (ms; KICK); null: never",
    ),
    reason: Reason,
  }),
  result: Member,
  errors: ["invalid", "forbidden", "not_found"],
});

export const kickMember = defineOperation({
  id: "kickMember",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id/members/:user_id",
  tag: "members",
  summary: "Kick a member out of a guild, or of a private channel by its room (KICK)",
  auth: "user",
  params: MemberParams,
  body: z.object({ reason: Reason }),
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

export const Ban = z.object({
  user_id: z.string(),
  reason: z.string().nullable(),
  by: z.string(),
  ts: z.number().int(),
  until_ts: z.number().int().nullable().describe("When it ends by itself (ms); null: never"),
});
export type Ban = z.infer<typeof Ban>;

export const listBans = defineOperation({
  id: "listBans",
  scope: "manage:guilds",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/bans",
  tag: "members",
  summary: "Who is banned, by whom and why, the latest first (BAN)",
  auth: "user",
  params: GuildParams,
  query: z.object({
    search: z.string().max(200).optional().describe("Part of a user id or of the reason"),
    limit: z.coerce.number().int().min(1).max(1000).default(1000),
    offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  }),
  result: z.object({
    bans: z.array(Ban),
    total: z.number().int().describe("All bans of the guild"),
    found: z.number().int().describe("Of these, those that match"),
  }),
  errors: ["forbidden", "not_found"],
});

export const banMember = defineOperation({
  id: "banMember",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/bans/:user_id",
  tag: "members",
  summary:
    "Ban somebody, or change a ban; `purge_s` deletes what they said in that many last seconds (BAN)",
  auth: "user",
  params: MemberParams,
  body: z.object({
    reason: Reason,
    purge_s: z.number().int().min(0).max(2592000).optional(),
    until_ts: z.number().int().nullable().optional().describe(
      "When the ban ends by itself (ms), within five years; without it: never",
    ),
  }),
  result: z.object({}),
  errors: ["forbidden", "not_found", "invalid"],
});

export const unbanMember = defineOperation({
  id: "unbanMember",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id/bans/:user_id",
  tag: "members",
  summary: "Lift a ban (BAN)",
  auth: "user",
  params: MemberParams,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

export const AuditEntry = z.object({
  id: z.string().describe("The event; `voice:` and a number for what was done in a call"),
  ts: z.number().int(),
  by: z.string(),
  action: z.string().describe("e.g. role.update, member.ban, channel.create, message.delete"),
  target: z.string().nullable(),
  reason: z.string().nullable(),
  changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const listAudit = defineOperation({
  id: "listAudit",
  scope: "manage:guilds",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/audit",
  tag: "guilds",
  summary: "What was changed, by whom and why, newest first (VIEW_AUDIT_LOG)",
  auth: "user",
  params: GuildParams,
  query: z.object({
    by: z.string().optional(),
    target: z.string().optional(),
    action: z.string().optional(),
    since_ts: z.coerce.number().int().min(0).optional().describe(
      "ms; only what happened from then",
    ),
    until_ts: z.coerce.number().int().min(0).optional().describe("ms; only what happened before"),
    before: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  result: z.object({
    entries: z.array(AuditEntry),
    people: z.array(User).describe("Those whom the entries name"),
    next: z.string().nullable(),
  }),
  errors: ["forbidden", "not_found"],
});
