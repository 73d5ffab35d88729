import type { Brand } from "./brand.ts";

/** A role inside a guild: 1..32 of `[0-9A-Za-z]`, never `everyone`. PROTOCOL.md 4. */
export type RoleId = Brand<"RoleId">;

/** The target of a channel entry or a part of the roles table that means all members. */
export const EVERYONE = "everyone";

const ROLE_ID = /^[0-9A-Za-z]{1,32}$/;

/** The role id, or undefined. */
export function parseRoleId(text: string): RoleId | undefined {
  return text !== EVERYONE && ROLE_ID.test(text) ? text as RoleId : undefined;
}
