import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** A guild whose owner, of another server, wants the viewer to own it. */
export const OwnerOffer = z.object({
  guild_id: z.string(),
  name: z.string(),
  by: User,
  created_ts: z.number().int(),
});
export type OwnerOffer = z.infer<typeof OwnerOffer>;

const GuildParams = z.object({ guild_id: z.string() });

export const listOwnerOffers = defineOperation({
  id: "listOwnerOffers",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/owner-offers",
  tag: "guilds",
  summary: "Guilds that are offered to the caller, newest first",
  auth: "user",
  result: z.object({ offers: z.array(OwnerOffer) }),
  errors: [],
});

export const acceptOwnerOffer = defineOperation({
  id: "acceptOwnerOffer",
  scope: null,
  method: "POST",
  path: "/client/v1/owner-offers/:guild_id/accept",
  tag: "guilds",
  summary: "Become the owner of a guild that is offered",
  auth: "user",
  params: GuildParams,
  result: z.object({}),
  errors: ["not_found", "forbidden", "unavailable"],
});

export const declineOwnerOffer = defineOperation({
  id: "declineOwnerOffer",
  scope: null,
  method: "DELETE",
  path: "/client/v1/owner-offers/:guild_id",
  tag: "guilds",
  summary: "Decline a guild that is offered",
  auth: "user",
  params: GuildParams,
  result: z.object({}),
  errors: ["not_found"],
});
