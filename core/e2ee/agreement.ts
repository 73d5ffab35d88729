import type { Rng } from "../ports/rng.ts";
import { concat } from "./bytes.ts";

/** One side's key of one X25519 agreement. It is used once. */
export interface AgreementKey {
  /** 32 bytes, for the other side. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** The secret with the other side's key, 32 bytes; undefined where that key is no good. */
  agree(other: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** RFC 8410: what stands before the 32 bytes of a private key. */
const PKCS8_PREFIX = Uint8Array.fromHex("302e020100300506032b656e04220420");
const X25519 = { name: "X25519" } as const;
const KEY_BYTES = 32;

async function deriveShared(
  privateKey: CryptoKey,
  other: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (other.length !== KEY_BYTES) return undefined;
  try {
    const key = await crypto.subtle.importKey("raw", Uint8Array.from(other), X25519, false, []);
    const how = { ...X25519, public: key };
    const shared = new Uint8Array(await crypto.subtle.deriveBits(how, privateKey, 256));
    // A point of low order gives nothing but zeros, whoever holds the private key.
    return shared.every((byte) => byte === 0) ? undefined : shared;
  } catch {
    return undefined;
  }
}

/** A fresh key. Throws where the engine has no X25519, without which no group works either. */
export async function newAgreementKey(rng: Rng): Promise<AgreementKey> {
  const bytes = concat(PKCS8_PREFIX, rng.bytes(KEY_BYTES));
  const usages: KeyUsage[] = ["deriveBits"];
  const privateKey = await crypto.subtle.importKey("pkcs8", bytes, X25519, false, usages);
  const basePoint = new Uint8Array(KEY_BYTES);
  basePoint[0] = 9;
  const publicKey = await deriveShared(privateKey, basePoint);
  if (publicKey === undefined) throw new Error("Cannot make an X25519 key: the engine refused it");
  return { publicKey, agree: (other) => deriveShared(privateKey, other) };
}
