import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";

/** DER of RFC 8410 before the 32 bytes of an Ed25519 seed. */
const PKCS8_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");
/** Bytes of a public key, which stand at the end of its DER. */
const PUBLIC_KEY_BYTES = 32;

/**
 * Turns a 32-byte seed into a signing function. It signs at once, in this thread: Web Crypto
 * takes two to four times the processor for one signature, and most of that here as well.
 */
export function importSeed(
  seed: Uint8Array,
): { publicKey: Uint8Array; sign: (bytes: Uint8Array) => Promise<Uint8Array> } {
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, seed]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  pkcs8.fill(0);
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES)),
    sign: (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, key))),
  };
}
