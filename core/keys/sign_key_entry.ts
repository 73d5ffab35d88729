import type { JsonObject } from "../event/json.ts";
import { writeCanonicalBytes } from "../event/json_write.ts";
import { decodeSignature, encodeSignature, type EventSigner, taggedBytes } from "../event/sign.ts";
import type { SignatureVerifier } from "../event/verify.ts";
import { decodePublicKey, type KeyEntry } from "./key_entry.ts";

function entryBytes(entry: KeyEntry): Uint8Array {
  const { server, key, valid_from, valid_until } = entry;
  const plain: JsonObject = { server, key, valid_from, valid_until };
  return taggedBytes("key-entry", writeCanonicalBytes(plain));
}

/** An entry's signature by an older key of the same server, unpadded base64. PROTOCOL.md 8. */
export async function signKeyEntry(entry: KeyEntry, signer: EventSigner): Promise<string> {
  return encodeSignature(await signer.sign(entryBytes(entry)));
}

/**
 * Whether `known`, an entry already held of the same server, vouches for `entry`. It can only for
 * windows that begin before its own ends: an old key that was stolen says nothing of today's.
 * PROTOCOL.md 8.
 */
export async function isVouchedFor(
  entry: KeyEntry,
  by: {
    readonly known: KeyEntry;
    readonly signature: string;
    readonly verifier: SignatureVerifier;
  },
): Promise<boolean> {
  if (by.known.server !== entry.server) return false;
  if (entry.valid_from >= by.known.valid_until) return false;
  const key = decodePublicKey(by.known.key);
  const signature = decodeSignature(by.signature);
  if (key === undefined || signature === undefined) return false;
  return await by.verifier.verify({ key, signature, message: entryBytes(entry) });
}
