import { z } from "zod";
import { Bits, Channel } from "./channel.ts";
import { AwayServer } from "./delivery.ts";
import { User } from "./user.ts";

export const Role = z.object({
  id: z.string().describe('"everyone" or a role id'),
  name: z.string(),
  color: z.string().nullable().describe("#rrggbb"),
  hoist: z.boolean(),
  mentionable: z.boolean(),
  position: z.number().int().describe("0 for everyone; higher is stronger"),
  bits: Bits,
  member_count: z.number().int().optional().describe("Only where one guild is asked for"),
});
export type Role = z.infer<typeof Role>;

/** A member of a guild; `roles` counts only what is in force. */
export const Member = z.object({
  user: User,
  webhook: z.literal(true).optional().describe("Not a person: it writes in one channel"),
  nickname: z.string().nullable(),
  guild_avatar: z.string().nullable(),
  roles: z.array(z.string()),
  joined_ts: z.number().int(),
  timeout_until: z.number().int().nullable(),
  stay_until: z.number().int().nullable().describe("When the membership ends by itself (ms)"),
  presence: z.enum(["online", "idle", "dnd", "offline"]),
});
export type Member = z.infer<typeof Member>;

export const GuildSummary = z.object({
  id: z.string().describe("Room id of the guild"),
  name: z.string(),
  icon: z.string().nullable(),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  member_count: z.number().int(),
});
export type GuildSummary = z.infer<typeof GuildSummary>;

export const GuildEmoji = z.object({
  name: z.string().describe("2 to 32 of A-Z a-z 0-9 _; written `:name:`"),
  uri: z.string().describe("mxc:// address of its picture"),
  former: z.array(z.string()).optional().describe(
    "What it was called before: written so it is still meant. Absent: nothing",
  ),
});
export type GuildEmoji = z.infer<typeof GuildEmoji>;

/** A channel that newcomers are pointed to. */
export const WelcomeChannel = z.object({
  channel_id: z.string(),
  emoji: z.string().nullable().describe("An emoji, or `:name:` of one of the guild's own"),
  line: z.string().nullable().describe("What it is for"),
});

/** What a newcomer is shown once. */
export const Welcome = z.object({
  text: z.string().nullable(),
  channels: z.array(WelcomeChannel).describe("Those that the viewer sees"),
});
export type Welcome = z.infer<typeof Welcome>;

/** How far the check of a guild that was joined on another server has come, in events. */
export const Checking = z.object({ done: z.number().int(), total: z.number().int() });
export type Checking = z.infer<typeof Checking>;

/** A guild as one of its members sees it: hidden channels are left out. */
/** Who may read what was said before they could see a channel. */
export const HistoryAccess = z.enum(["shared", "joined"]).describe(
  "`shared`: whoever may read history; `joined`: only who could see the channel then",
);

export const Guild = GuildSummary.extend({
  channels: z.array(Channel),
  roles: z.array(Role).describe("Strongest first, everyone last"),
  emoji: z.array(GuildEmoji).describe("The guild's own, by name"),
  permissions: Bits.describe("The viewer's base rights"),
  rank: z.number().int().describe("The viewer's rank; 2^53-1 for the owner"),
  me: Member,
  welcome: Welcome.nullable().describe("What newcomers are shown; null: nothing"),
  history: HistoryAccess,
  local_only: z.boolean().describe("Only people of the server that made it can be members"),
  predecessor: z.string().nullable().describe("The guild's former room, which can only be read"),
  successor: z.string().nullable().describe("The room in which this guild goes on"),
  knock: z.boolean().describe("People without an invitation may ask to be let in"),
  knocking: z.number().int().describe("How many ask to be let in; 0 without CREATE_INVITE"),
  owner_rivals: z.array(z.object({
    by: z.string(),
    to: z.string(),
    ts: z.number().int().describe("When this server noticed it"),
  })).describe(
    "Hand-overs of the guild beside another of the same ownership, of the last 30 days: somebody tries to take it back; empty without MANAGE_GUILD",
  ),
  checking: Checking.nullable().describe(
    "While its events are being checked after a join: it can be read, not written to",
  ),
  away: z.array(AwayServer).describe(
    "Servers of members that cannot be reached: they may not see what is said",
  ),
});
export type Guild = z.infer<typeof Guild>;
