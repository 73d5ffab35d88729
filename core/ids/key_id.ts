import type { Brand } from "./brand.ts";

/** A signing key entry: base58 of the first 16 bytes of BLAKE3(jcs(entry)). PROTOCOL.md 8. */
export type KeyId = Brand<"KeyId">;
