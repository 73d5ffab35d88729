import type { Brand } from "./brand.ts";

/** A room, `!` and the base58 of its create event's hash. PROTOCOL.md 3. */
export type RoomId = Brand<"RoomId">;
