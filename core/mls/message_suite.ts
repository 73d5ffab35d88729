import type { CiphersuiteImpl, CiphersuiteName } from "ts-mls/crypto/ciphersuite.js";
import type { Hpke } from "ts-mls/crypto/hpke.js";
import type { Signature } from "ts-mls/crypto/signature.js";
import type { Rng } from "../ports/rng.ts";
import { hash, kdf } from "./key_derivation.ts";

/** The library's name of `SUITE`. */
export const SUITE_NAME: CiphersuiteName = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";

/** AES-128-GCM, as the suite has it. */
export interface Aead {
  encrypt(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ): Promise<Uint8Array>;
  decrypt(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ciphertext: Uint8Array,
  ): Promise<Uint8Array>;
}

export const KEY_BYTES = 16;
export const NONCE_BYTES = 12;
export const NONE = new Uint8Array();

/** DER in front of a 32-byte Ed25519 seed. RFC 8410. */
const PKCS8_HEAD = Uint8Array.fromHex("302e020100300506032b657004220420");

/** AES-128-GCM of Web Crypto. */
export const aead: Aead = {
  async encrypt(key, nonce, aad, plaintext) {
    const imported = await importAes(key, "encrypt");
    return new Uint8Array(
      await crypto.subtle.encrypt(aesParams(nonce, aad), imported, owned(plaintext)),
    );
  },
  async decrypt(key, nonce, aad, ciphertext) {
    const imported = await importAes(key, "decrypt");
    return new Uint8Array(
      await crypto.subtle.decrypt(aesParams(nonce, aad), imported, owned(ciphertext)),
    );
  },
};

function importAes(key: Uint8Array, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", owned(key), "AES-GCM", false, [use]);
}

function aesParams(nonce: Uint8Array, aad: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv: owned(nonce), additionalData: owned(aad) };
}

const signature: Signature = {
  async sign(seed, message) {
    const key = await crypto.subtle.importKey(
      "pkcs8",
      new Uint8Array([...PKCS8_HEAD, ...seed]),
      "Ed25519",
      false,
      ["sign"],
    );
    return new Uint8Array(await crypto.subtle.sign("Ed25519", key, owned(message)));
  },
  async verify(publicKey, message, given) {
    const key = await crypto.subtle.importKey("raw", owned(publicKey), "Ed25519", false, [
      "verify",
    ]);
    return crypto.subtle.verify("Ed25519", key, owned(given), owned(message));
  },
  keygen: () => Promise.reject(new Error("A device brings its own signature key")),
};

/** Web Crypto takes no views of shared memory: the types of the library do not rule them out. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? bytes as Uint8Array<ArrayBuffer>
    : new Uint8Array(bytes);
}

/** The library's name for it, which `toFault` knows. */
export class MlsCryptoError extends Error {
  override readonly name = "CryptoError";
}

/** What a step of the engine refuses is a refusal of what was given. */
export async function refusing<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new MlsCryptoError(String(error));
  }
}

/** Of what the library calls HPKE, the part without public keys: messages need no more. */
export function messageHpke(
  aead: Aead,
): Pick<Hpke, "keyLength" | "nonceLength" | "encryptAead" | "decryptAead"> {
  return {
    keyLength: KEY_BYTES,
    nonceLength: NONCE_BYTES,
    encryptAead: (key, nonce, aad = NONE, plaintext) => aead.encrypt(key, nonce, aad, plaintext),
    decryptAead: (key, nonce, aad = NONE, ciphertext) =>
      refusing(() => aead.decrypt(key, nonce, aad, ciphertext)),
  };
}

/**
 * As much of suite 1 as seals and opens messages: of Web Crypto and noble's SHA-256, so that no
 * other suite of the library comes along. `rng` gives path secrets and reuse guards. What joins and
 * changes groups takes `makeSuite`.
 */
export function makeMessageSuite(rng: Rng): CiphersuiteImpl {
  return {
    name: SUITE_NAME,
    hash,
    kdf,
    hpke: messageHpke(aead) as Hpke,
    signature,
    rng: { randomBytes: (length) => rng.bytes(length) },
  };
}
