import { blake3 } from "@noble/hashes/blake3.js";
import type { ControlPdu, Pdu, TimelinePdu } from "./event.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { writeCanonicalBytes } from "./json_write.ts";
import { keep } from "./keep.ts";
import { encodeBase58Of32 } from "../ids/base58.ts";

/** BLAKE3 of some bytes: 32 fresh bytes. Every implementation passes tests/vectors/blake3_test.ts. */
export type Blake3 = (bytes: Uint8Array) => Uint8Array;

/** The default of every function that hashes. A server may pass a faster one. */
export const nobleBlake3: Blake3 = (bytes) => blake3(bytes);

/** `b58(BLAKE3(jcs({content, salt})))`. PROTOCOL.md 3.1. */
export function contentHash(
  part: { readonly content: JsonObject; readonly salt: string },
  hash: Blake3 = nobleBlake3,
): string {
  const { content, salt } = part;
  return encodeBase58Of32(hash(writeCanonicalBytes({ content, salt })));
}

/** A PDU without what its hash leaves out. */
export type Hashable =
  | Omit<ControlPdu, "salt" | "signatures">
  | Omit<TimelinePdu, "salt" | "signatures">;

/** Every envelope field but `salt` and `signatures`, content reduced to what redaction keeps. PROTOCOL.md 3.2. */
export function eventCore(pdu: Pdu | Hashable): JsonObject {
  const core: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(pdu) as [string, JsonValue][]) {
    if (name !== "salt" && name !== "signatures") core[name] = value;
  }
  core.content = keep({ type: pdu.type, content: pdu.content, timeline: "channel_id" in pdu });
  return core;
}

/** `BLAKE3(jcs(core))`: the 32 bytes behind the event id, and what is signed. PROTOCOL.md 3.3. */
export function eventHash(pdu: Pdu | Hashable, hash: Blake3 = nobleBlake3): Uint8Array {
  return hash(writeCanonicalBytes(eventCore(pdu)));
}
