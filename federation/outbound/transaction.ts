import type { EduValue } from "../../core/api/federation/send.ts";
import type { KeyProof } from "../../core/api/federation/shapes.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { limits } from "../../core/limits.ts";
import type { EduQueue } from "./edu_queue.ts";
import type { OutgoingEvent } from "./ports.ts";

/** Room in a transaction for everything that is no PDU and no EDU: envelope and signatures. */
const ENVELOPE_BYTES = 4_096;
/** A signature that is added to a PDU on its way, with its key's name. */
const SIGNATURE_BYTES = 512;
/** An entry of `keys`, at most: names, key, window, voucher. */
const KEY_BYTES = 1_024;
/** Kept for `keys`. */
const KEYS_BYTES = 64 * KEY_BYTES;
const ROOM_BYTES = limits.transaction.maxBytes - ENVELOPE_BYTES - KEYS_BYTES;

/** Key entries in one transaction; the other fetches what is missing. */
export const KEYS_PER_TRANSACTION = KEYS_BYTES / KEY_BYTES;

export interface Cut {
  readonly events: readonly OutgoingEvent[];
  readonly edus: readonly EduValue[];
}

/** What goes into the next transaction: events first, in their order; EDUs in what is left. */
export function cutTransaction(
  events: readonly OutgoingEvent[],
  edus: Pick<EduQueue, "peek">,
): Cut {
  const chosen: OutgoingEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = event.bytes + SIGNATURE_BYTES;
    if (chosen.length >= limits.transaction.maxPdus || bytes + size > ROOM_BYTES) break;
    chosen.push(event);
    bytes += size;
  }
  return { events: chosen, edus: edus.peek(ROOM_BYTES - bytes).edus };
}

/** A small enough part of the proofs. */
export function cutKeys(keys: readonly KeyProof[]): readonly KeyProof[] {
  return keys.slice(0, KEYS_PER_TRANSACTION);
}

/**
 * The transaction's name: the same for a repetition of the same content after a failure, so
 * that the other can tell it for one, and another for the same content after `nonce` changed.
 */
export function transactionId(cut: Cut, nonce: string): string {
  const text = JSON.stringify([nonce, cut.events.map(({ eventId }) => eventId), cut.edus]);
  return encodeBase58Of16(nobleBlake3(new TextEncoder().encode(text)).slice(0, 16));
}
