import { z } from "zod";

/**
 * What a personal access token may be good for. Each operation names the one scope that opens it
 * (`scope` of an operation), or none: then no token does it, whatever its scopes.
 */
export const TokenScope = z.enum([
  "read",
  "write:messages",
  "manage:guilds",
  "account:read",
  "account:write",
  "admin",
]);
export type TokenScope = z.infer<typeof TokenScope>;

/** What each scope opens, for the documents; pages have words of their own. */
export const SCOPE_SUMMARY: Readonly<Record<TokenScope, string>> = {
  read: "Read guilds, people and messages as the account sees them, and the live connection",
  "write:messages": "Write, edit, delete, react, pin, upload; conversations and threads",
  "manage:guilds": "Channels, roles, members, invites, emoji and webhooks, as far as its rights go",
  "account:read":
    "The account's own settings, friends, blocks, sessions and invitations; live ones, too, with `read`",
  "account:write": "Profile, presence, settings, friends and blocks; joining and leaving",
  admin: "Administration of this server, for administrators alone",
};
