/** Web Crypto's X25519 (RFC 7748), over plain bytes of keys. */

export const X25519_BYTES = 32;
const NAME = { name: "X25519" } as const;
const USAGES: KeyUsage[] = ["deriveBits"];
/** RFC 8410: what stands before the 32 bytes of a private key. */
const PKCS8_HEAD = Uint8Array.fromHex("302e020100300506032b656e04220420");
const BASE_POINT = Uint8Array.fromHex(`09${"00".repeat(X25519_BYTES - 1)}`);

/** Throws where the engine has no X25519, without which no group works, or the size is another. */
export async function importPrivate(
  key: Uint8Array,
  extractable: boolean,
): Promise<CryptoKey & { type: "private" }> {
  const bytes = new Uint8Array([...PKCS8_HEAD, ...key]);
  const imported = await crypto.subtle.importKey("pkcs8", bytes, NAME, extractable, USAGES);
  return imported as CryptoKey & { type: "private" };
}

/** Throws where the bytes are no key. */
export async function importPublic(key: Uint8Array): Promise<CryptoKey & { type: "public" }> {
  const bytes = Uint8Array.from(key);
  const imported = await crypto.subtle.importKey("raw", bytes, NAME, true, []);
  return imported as CryptoKey & { type: "public" };
}

/** The 32 bytes of an extractable private key. */
export async function exportPrivate(key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const { d = "" } = await crypto.subtle.exportKey("jwk", key);
  return Uint8Array.fromBase64(d, { alphabet: "base64url" });
}

export async function exportPublic(key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", key));
}

/**
 * The secret that both sides have, or undefined where the other key gives none: a point of low
 * order gives nothing but zeros, whoever holds the private key (RFC 7748 6.1, RFC 9180 7.1.4).
 */
export async function agree(
  privateKey: CryptoKey,
  other: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (other.length !== X25519_BYTES) return undefined;
  try {
    const how = { ...NAME, public: await importPublic(other) };
    const shared = new Uint8Array(await crypto.subtle.deriveBits(how, privateKey, 256));
    return shared.every((byte) => byte === 0) ? undefined : shared;
  } catch {
    return undefined;
  }
}

/** The public half of a private key. */
export async function publicOf(privateKey: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const found = await agree(privateKey, BASE_POINT);
  if (found === undefined) throw new Error("Cannot make an X25519 key: the engine refused it");
  return found;
}
