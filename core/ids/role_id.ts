import type { Brand } from "./brand.ts";

/** A role inside a guild: 1..32 of `[0-9A-Za-z]`, never `everyone`. PROTOCOL.md 4. */
export type RoleId = Brand<"RoleId">;
