import type { Brand } from "./brand.ts";

/** A user on the wire, `@local:server`. PROTOCOL.md 1. */
export type UserId = Brand<"UserId">;
