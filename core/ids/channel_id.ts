import type { Brand } from "./brand.ts";

/** A channel inside a room: base58 of 16 random bytes, or `main` in a DM, group DM or private room. PROTOCOL.md 4. */
export type ChannelId = Brand<"ChannelId">;
