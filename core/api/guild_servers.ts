import { z } from "zod";
import { limits } from "../limits.ts";
import { defineOperation } from "./operation.ts";

const GuildParams = z.object({ guild_id: z.string() });

/** A host name; `*` stands for any run of characters, `?` for one. */
const Glob = z.string().trim().min(1).max(230).regex(
  /^[0-9A-Za-z.:[\]*?-]+$/,
  "is no host name with * or ?",
);

/** Which servers may take part in a guild. Deny beats allow; who is in neither list may not. */
export const ServerAcl = z.object({
  allow: z.array(Glob).max(limits.content.maxAclEntries),
  deny: z.array(Glob).max(limits.content.maxAclEntries),
  allow_ip_literals: z.boolean(),
});
export type ServerAcl = z.infer<typeof ServerAcl>;

export const getGuildServers = defineOperation({
  id: "getGuildServers",
  scope: "read",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/servers",
  tag: "guilds",
  summary: "The servers of a guild's members, and which servers may take part",
  auth: "user",
  params: GuildParams,
  result: z.object({
    servers: z.array(z.object({
      name: z.string(),
      member_count: z.number().int(),
      allowed: z.boolean(),
    })).describe("Most members first; at most 1,000"),
    acl: ServerAcl.nullable().describe("Null: every server may take part"),
  }),
  errors: ["not_found"],
});

export const setGuildServers = defineOperation({
  id: "setGuildServers",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/servers",
  tag: "guilds",
  summary: "Set which servers may take part (MANAGE_GUILD); one's own cannot be shut out",
  auth: "user",
  params: GuildParams,
  body: z.object({ acl: ServerAcl, reason: z.string().max(512).optional() }),
  result: z.object({}),
  errors: ["invalid", "forbidden", "not_found"],
});
