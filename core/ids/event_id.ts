import { decodeBase58To32, encodeBase58Of32 } from "./base58.ts";
import type { Brand } from "./brand.ts";

/** An event, `$` and the base58 of its 32-byte event hash. PROTOCOL.md 3. */
export type EventId = Brand<"EventId">;

/** The event id, or undefined unless it is the one encoding of 32 bytes. */
export function parseEventId(text: string): EventId | undefined {
  return decodeEventId(text) === undefined ? undefined : text as EventId;
}

/** The 32 bytes behind an event id that is not parsed yet, or undefined. */
export function decodeEventId(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.charCodeAt(0) === 0x24 ? decodeBase58To32(text.slice(1)) : undefined;
}

/** Throws RangeError unless `hash` has 32 bytes. */
export function eventIdFromHash(hash: Uint8Array): EventId {
  return `$${encodeBase58Of32(hash)}` as EventId;
}

/** The 32 raw bytes: ties are broken and lists are sorted on these, never on the text. */
export function hashOfEventId(id: EventId): Uint8Array<ArrayBuffer> {
  const hash = decodeEventId(id);
  if (hash === undefined) throw new RangeError(`Cannot decode event id "${id}"`);
  return hash;
}
