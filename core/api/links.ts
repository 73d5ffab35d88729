import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** An invite link as people have it: an address, `CODE@server`, or a code of this server. */
const Link = z.string().min(1).max(2000);

export const lookAtLink = defineOperation({
  id: "lookAtLink",
  scope: "read",
  method: "GET",
  path: "/client/v1/links/look",
  tag: "invites",
  summary: "What an invite link of this or another server leads to",
  auth: "user",
  query: z.object({ link: Link }),
  result: z.object({
    /** `CODE@server`: the link in the one form that names its server. */
    link: z.string(),
    server: z.string(),
    guild: z.object({
      id: z.string(),
      name: z.string(),
      description: z.string().nullable(),
      member_count: z.number().int(),
    }),
    by: z.string().nullable().describe("@local:server of who made the link"),
    expires_ts: z.number().int().nullable(),
    stay_s: z.number().int().nullable().describe(
      "How long a membership by it lasts; null: for good",
    ),
    online_count: z.number().int(),
    /** The caller is in it already. */
    joined: z.boolean(),
  }),
  errors: ["invalid", "not_found", "gone", "rate_limited", "unavailable"],
});

export const joinByLink = defineOperation({
  id: "joinByLink",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/join",
  tag: "invites",
  summary: "Join the guild of an invite link of this or another server",
  auth: "user",
  body: z.object({ link: Link }),
  result: z.object({ guild_id: z.string(), channel_id: z.string().nullable() }),
  errors: [
    "invalid",
    "not_found",
    "gone",
    "forbidden",
    "limit_reached",
    "rate_limited",
    "unavailable",
    "conflict",
  ],
});
