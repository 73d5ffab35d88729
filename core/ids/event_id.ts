import type { Brand } from "./brand.ts";

/** An event, `$` and the base58 of its 32-byte event hash. PROTOCOL.md 3. */
export type EventId = Brand<"EventId">;
