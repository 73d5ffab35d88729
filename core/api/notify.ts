import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** Bounds of what an account may want differently. */
export const NOTIFY = {
  /** Places with a choice of their own. */
  settings: 2000,
  minMuteMs: 60_000,
  maxMuteMs: 30 * 24 * 3_600_000,
} as const;

export const NotifyLevel = z.enum(["all", "mentions", "nothing"]);
export type NotifyLevel = z.infer<typeof NotifyLevel>;

/** What the account wants to be told of a guild, a channel or a conversation. */
export const NotifySetting = z.object({
  room_id: z.string(),
  channel_id: z.string().nullable().describe("Null: the whole guild"),
  level: NotifyLevel.nullable().describe(
    "Null: as the guild says; for a guild `mentions`, for a conversation `all`",
  ),
  suppress_everyone: z.boolean().describe(
    "Of a guild: @everyone is no mention of the account, in all of its channels",
  ),
  suppress_roles: z.boolean().describe("Of a guild: a mention of a role is none of the account"),
  muted: z.boolean().describe("Silent, and without a mark of what is new; mentions are counted"),
  muted_until: z.number().int().nullable().describe(
    "When that ends (ms); null with `muted`: when it is switched on again",
  ),
});
export type NotifySetting = z.infer<typeof NotifySetting>;

const tag = "notifications";

export const listNotifySettings = defineOperation({
  id: "listNotifySettings",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/notifications",
  tag,
  summary: "Guilds, channels and conversations with a choice of their own",
  auth: "user",
  result: z.object({ settings: z.array(NotifySetting) }),
  errors: [],
});

export const setNotifySetting = defineOperation({
  id: "setNotifySetting",
  scope: "account:write",
  method: "PATCH",
  path: "/client/v1/account/notifications",
  tag,
  summary: "Choose what to be told of one place; absent keeps. All own devices hear of it",
  auth: "user",
  whileSuspended: true,
  body: z.object({
    room_id: z.string().max(300),
    channel_id: z.string().max(300).nullable().describe("Null: the whole guild"),
    level: NotifyLevel.nullable().optional(),
    suppress_everyone: z.boolean().optional().describe("Of a guild alone"),
    suppress_roles: z.boolean().optional().describe("Of a guild alone"),
    muted: z.boolean().optional(),
    mute_ms: z.number().int().min(NOTIFY.minMuteMs).max(NOTIFY.maxMuteMs).optional().describe(
      "With `muted`: for so long; absent: until it is switched on again",
    ),
  }),
  result: NotifySetting,
  errors: ["invalid", "limit_reached", "not_found"],
});

export const resetNotifySetting = defineOperation({
  id: "resetNotifySetting",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/account/notifications/reset",
  tag,
  summary: "Take a choice back, also of a place that the account is not in any more",
  auth: "user",
  whileSuspended: true,
  body: z.object({
    room_id: z.string().max(300),
    channel_id: z.string().max(300).nullable(),
  }),
  result: NotifySetting,
  errors: ["not_found"],
});
