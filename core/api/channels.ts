import { z } from "zod";
import { Channel, ChannelEntry, ChannelKind } from "./channel.ts";
import { defineOperation } from "./operation.ts";
import { VOICE_LIMITS } from "./voice.ts";

export const ChannelParams = z.object({ room_id: z.string(), channel_id: z.string() });

const ChannelFields = z.object({
  name: z.string().trim().min(1).max(100),
  topic: z.string().max(1024).nullable(),
  parent: z.string().nullable().describe("Category id; null: none"),
  slow_mode_s: z.number().int().min(0).max(21600),
  archived: z.boolean(),
  age_restricted: z.boolean(),
  user_limit: z.number().int().min(0).max(VOICE_LIMITS.userLimit),
  bitrate: z.number().int().min(VOICE_LIMITS.minBitrate).max(VOICE_LIMITS.maxBitrate),
});
const Reason = z.string().max(512).optional();

export const createChannel = defineOperation({
  id: "createChannel",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/channels",
  tag: "channels",
  summary: "Create a channel or category; `private` makes a room of its own",
  auth: "user",
  body: ChannelFields.partial().extend({
    guild_id: z.string(),
    kind: ChannelKind,
    name: z.string().trim().min(1).max(100),
    private: z.boolean().default(false),
    /** Roles that may join a private channel. */
    allow_roles: z.array(z.string()).max(64).optional(),
    entries: z.array(ChannelEntry).max(200).optional(),
    reason: Reason,
  }),
  result: Channel,
  errors: ["invalid", "forbidden", "not_found", "limit_reached"],
});

export const getChannel = defineOperation({
  id: "getChannel",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/channels/:channel_id",
  tag: "channels",
  summary: "One channel as the caller sees it",
  auth: "user",
  params: ChannelParams,
  result: Channel,
  errors: ["not_found"],
});

export const updateChannel = defineOperation({
  id: "updateChannel",
  scope: "manage:guilds",
  method: "PATCH",
  path: "/client/v1/rooms/:room_id/channels/:channel_id",
  tag: "channels",
  summary: "Change a channel; `entries` replaces all its permission entries",
  auth: "user",
  params: ChannelParams,
  body: ChannelFields.partial().extend({
    entries: z.array(ChannelEntry).max(200).optional(),
    /** Copies the category's entries. */
    sync: z.boolean().optional(),
    reason: Reason,
  }),
  result: Channel,
  errors: ["invalid", "forbidden", "not_found"],
});

export const orderChannels = defineOperation({
  id: "orderChannels",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/channels",
  tag: "channels",
  summary: "Set order and category of the named channels",
  auth: "user",
  params: z.object({ guild_id: z.string() }),
  body: z.object({
    channels: z.array(z.object({ id: z.string(), parent: z.string().nullable() })).max(500),
  }),
  result: z.object({ channels: z.array(Channel) }),
  errors: ["invalid", "forbidden", "not_found"],
});

export const deleteChannel = defineOperation({
  id: "deleteChannel",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/rooms/:room_id/channels/:channel_id",
  tag: "channels",
  summary: "Close a channel for good (MANAGE_CHANNELS)",
  auth: "user",
  params: ChannelParams,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

export const joinPrivateChannel = defineOperation({
  id: "joinPrivateChannel",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/rooms/:room_id/join",
  tag: "channels",
  summary: "Join a private channel by role or invitation, or accept a DM",
  auth: "user",
  params: z.object({ room_id: z.string() }),
  result: z.object({}),
  errors: ["forbidden", "not_found", "limit_reached", "rate_limited", "unavailable"],
});
