import { blake3 } from "@noble/hashes/blake3.js";
import type { ControlPdu, Pdu, TimelinePdu } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { writeCanonicalBytes } from "./json_write.ts";
import { keep } from "./keep.ts";
import { encodeBase58Of32 } from "../ids/base58.ts";

/** BLAKE3 of some bytes: 32 fresh bytes. Every implementation passes tests/vectors/blake3_test.ts. */
export type Blake3 = (bytes: Uint8Array) => Uint8Array;

/** The default of every function that hashes. A server may pass a faster one. */
export const nobleBlake3: Blake3 = (bytes) => blake3(bytes);

/** `jcs({content, salt})`: what the content hash covers. PROTOCOL.md 3.1. */
export function sealedBytes(content: JsonObject, salt: string): Uint8Array<ArrayBuffer> {
  return writeCanonicalBytes({ content, salt });
}

/** `b58(BLAKE3(jcs({content, salt})))`. PROTOCOL.md 3.1. */
export function contentHash(
  part: { readonly content: JsonObject; readonly salt: string },
  hash: Blake3 = nobleBlake3,
): string {
  return encodeBase58Of32(hash(sealedBytes(part.content, part.salt)));
}

/** A PDU without what its hash leaves out. */
export type Hashable =
  | Omit<ControlPdu, "salt" | "signatures">
  | Omit<TimelinePdu, "salt" | "signatures">;

/** Every envelope field but `salt` and `signatures`, content reduced to what redaction keeps. PROTOCOL.md 3.2. */
export function eventCore(pdu: Pdu | Hashable): JsonObject {
  const content = keep({ type: pdu.type, content: pdu.content, timeline: "channel_id" in pdu });
  const { content_hash, origin_server, origin_ts, prev_events, sender, type } = pdu;
  const room = pdu.room_id === undefined ? undefined : { room_id: pdu.room_id };
  // Fields stand in canonical order, which makes them quick to write.
  if ("channel_id" in pdu) {
    const { channel_id, state_refs } = pdu;
    const head = { channel_id, content, content_hash, origin_server, origin_ts, prev_events };
    return { ...head, ...room, sender, state_refs, type };
  }
  const head = { auth_events: pdu.auth_events, content, content_hash, origin_server, origin_ts };
  const state = pdu.state_key === undefined ? undefined : { state_key: pdu.state_key };
  return { ...head, prev_events, ...room, sender, ...state, type };
}

/** `jcs(core)`: what the event hash covers. PROTOCOL.md 3.2. */
export function coreBytes(pdu: Pdu | Hashable): Uint8Array<ArrayBuffer> {
  return writeCanonicalBytes(eventCore(pdu));
}

/** `BLAKE3(jcs(core))`: the 32 bytes behind the event id, and what is signed. PROTOCOL.md 3.3. */
export function eventHash(pdu: Pdu | Hashable, hash: Blake3 = nobleBlake3): Uint8Array {
  return hash(coreBytes(pdu));
}
