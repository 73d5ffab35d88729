import { decodeBase58To16, encodeBase58Of16 } from "./base58.ts";
import type { Brand } from "./brand.ts";
import { ProvenTexts } from "./proven_texts.ts";

/** A signing key entry: base58 of the first 16 bytes of BLAKE3(jcs(entry)). PROTOCOL.md 8. */
export type KeyId = Brand<"KeyId">;

const PREFIX = "ed25519:";
const proven = new ProvenTexts(1024);

/** The key id, or undefined unless it is the one encoding of 16 bytes. */
export function parseKeyId(text: string): KeyId | undefined {
  if (proven.has(text)) return text as KeyId;
  if (decodeBase58To16(text) === undefined) return undefined;
  proven.add(text);
  return text as KeyId;
}

/** The id of a hash's first 16 bytes. */
export function keyIdFromHash(hash: Uint8Array): KeyId {
  return encodeBase58Of16(hash.subarray(0, 16)) as KeyId;
}

/** `ed25519:kid`, the name of a signature in `signatures`. */
export function signatureName(keyId: KeyId): string {
  return PREFIX + keyId;
}

/** The key id of `ed25519:kid`, or undefined. */
export function parseSignatureName(text: string): KeyId | undefined {
  return text.startsWith(PREFIX) ? parseKeyId(text.slice(PREFIX.length)) : undefined;
}
