import { z } from "zod";
import { GuildSummary } from "./guild.ts";
import { defineOperation } from "./operation.ts";

/** Guilds of one page of the directory. */
export const DISCOVER_PAGE = 24;

export const discoverGuilds = defineOperation({
  id: "discoverGuilds",
  scope: "read",
  method: "GET",
  path: "/client/v1/discover",
  tag: "guilds",
  summary: "Guilds that stand in this server's directory, the latest first",
  auth: "user",
  query: z.object({
    cursor: z.string().max(120).optional().describe("`next` of the page before"),
  }),
  result: z.object({
    guilds: z.array(z.object({
      guild: GuildSummary,
      code: z.string().describe("Of the link by which it is joined"),
      joined: z.boolean(),
    })),
    next: z.string().nullable(),
  }),
  errors: ["invalid"],
});

const Listing = z.object({ listed: z.boolean() });
const params = z.object({ guild_id: z.string() });

export const getListing = defineOperation({
  id: "getListing",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/listing",
  tag: "guilds",
  summary: "Whether a guild stands in this server's directory",
  auth: "user",
  params,
  result: Listing,
  errors: ["not_found"],
});

export const setListing = defineOperation({
  id: "setListing",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/listing",
  tag: "guilds",
  summary:
    "Put it there, with a link of its own by which everybody here may join, or take it and the link away",
  auth: "user",
  params,
  body: Listing,
  result: Listing,
  errors: ["invalid", "forbidden", "not_found", "limit_reached"],
});
