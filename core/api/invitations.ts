import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** Somebody invited the viewer into a guild or private channel; conversations come as `Dm`. */
export const Invitation = z.object({
  room_id: z.string(),
  kind: z.enum(["guild", "private", "group_dm"]),
  by: User,
  /** Home server of whoever invites. */
  server: z.string(),
  /** Null while the invitation is held for consent. */
  name: z.string().nullable(),
  icon: z.string().nullable(),
  received_ts: z.number().int(),
  expires_ts: z.number().int().nullable(),
  held: z.boolean().describe(
    "From somebody of another server who shares no guild with the viewer: neither name nor picture is shown",
  ),
});
export type Invitation = z.infer<typeof Invitation>;

const RoomParams = z.object({ room_id: z.string() });

export const listInvitations = defineOperation({
  id: "listInvitations",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/invitations",
  tag: "invites",
  summary: "Invitations that wait for the caller's answer, newest first",
  auth: "user",
  result: z.object({ invitations: z.array(Invitation) }),
  errors: [],
});

export const acceptInvitation = defineOperation({
  id: "acceptInvitation",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/invitations/:room_id/accept",
  tag: "invites",
  summary: "Accept an invitation into a guild, private channel or conversation",
  auth: "user",
  params: RoomParams,
  result: z.object({ room_id: z.string() }),
  errors: ["forbidden", "not_found", "limit_reached", "rate_limited", "unavailable"],
});

export const declineInvitation = defineOperation({
  id: "declineInvitation",
  scope: "account:write",
  method: "DELETE",
  path: "/client/v1/invitations/:room_id",
  tag: "invites",
  summary: "Decline an invitation; it goes at once, whether its server can be told or not",
  auth: "user",
  params: RoomParams,
  result: z.object({}),
  errors: ["not_found"],
});

export const listKnocks = defineOperation({
  id: "listKnocks",
  scope: "manage:guilds",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/knocks",
  tag: "invites",
  summary: "Who asks to be let in (CREATE_INVITE); an invitation says yes, a kick says no",
  auth: "user",
  params: z.object({ guild_id: z.string() }),
  result: z.object({ knocks: z.array(z.object({ user: User, ts: z.number().int() })) }),
  errors: ["not_found", "forbidden"],
});

export const knock = defineOperation({
  id: "knock",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/rooms/:room_id/knock",
  tag: "invites",
  summary: "Ask to be let into a guild whose join rule is `knock`",
  auth: "user",
  params: RoomParams,
  body: z.object({
    /** A server of the guild, where this one is not in it. */
    server: z.string().max(230).optional(),
  }),
  result: z.object({}),
  errors: ["forbidden", "not_found", "limit_reached", "rate_limited", "unavailable"],
});
