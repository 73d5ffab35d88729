import { getPublicKeyAsync } from "@noble/ed25519";

/** DER of RFC 8410 before the 32 bytes of an Ed25519 seed. */
const PKCS8_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");

/** Turns a 32-byte seed into a signing function; Web Crypto signs, off the main thread. */
export async function importSeed(
  seed: Uint8Array,
): Promise<{ publicKey: Uint8Array; sign: (bytes: Uint8Array) => Promise<Uint8Array> }> {
  const pkcs8 = new Uint8Array(PKCS8_PREFIX.length + seed.length);
  pkcs8.set(PKCS8_PREFIX);
  pkcs8.set(seed, PKCS8_PREFIX.length);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  return {
    publicKey: await getPublicKeyAsync(seed),
    sign: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", key, Uint8Array.from(bytes))),
  };
}
