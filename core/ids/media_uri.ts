import type { Brand } from "./brand.ts";

/** A media object, `mxc://server/id`, id = base58 of 16 random bytes. PROTOCOL.md 10. */
export type MediaUri = Brand<"MediaUri">;
