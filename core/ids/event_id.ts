import { decodeBase58To32, encodeBase58Of32 } from "./base58.ts";
import type { Brand } from "./brand.ts";
import { ProvenTexts } from "./proven_texts.ts";

/** An event, `$` and the base58 of its 32-byte event hash. PROTOCOL.md 3. */
export type EventId = Brand<"EventId">;

const proven = new ProvenTexts(4096);

/** The event id, or undefined unless it is the one encoding of 32 bytes. */
export function parseEventId(text: string): EventId | undefined {
  if (proven.has(text)) return text as EventId;
  if (decodeEventId(text) === undefined) return undefined;
  proven.add(text);
  return text as EventId;
}

/** The 32 bytes behind an event id that is not parsed yet, or undefined. */
export function decodeEventId(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.charCodeAt(0) === 0x24 ? decodeBase58To32(text.slice(1)) : undefined;
}

/** Throws RangeError unless `hash` has 32 bytes. */
export function eventIdFromHash(hash: Uint8Array): EventId {
  const id = `$${encodeBase58Of32(hash)}` as EventId;
  // The next event of the graph names it.
  proven.add(id);
  return id;
}

/** The 32 raw bytes: ties are broken and lists are sorted on these, never on the text. */
export function hashOfEventId(id: EventId): Uint8Array<ArrayBuffer> {
  const hash = decodeEventId(id);
  if (hash === undefined) throw new RangeError(`Cannot decode event id "${id}"`);
  return hash;
}
