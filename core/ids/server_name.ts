import type { Brand } from "./brand.ts";

/** A homeserver's name: lower-case DNS name or bracketed IPv6, with an optional port. PROTOCOL.md 1. */
export type ServerName = Brand<"ServerName">;
