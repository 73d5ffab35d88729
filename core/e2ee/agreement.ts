import { agree, importPrivate, publicOf, X25519_BYTES } from "../mls/x25519.ts";
import type { Rng } from "../ports/rng.ts";

/** One side's key of one X25519 agreement. It is used once. */
export interface AgreementKey {
  /** 32 bytes, for the other side. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** The secret with the other side's key, 32 bytes; undefined where that key is no good. */
  agree(other: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** A fresh key. Throws where the engine has no X25519, without which no group works either. */
export async function newAgreementKey(rng: Rng): Promise<AgreementKey> {
  const privateKey = await importPrivate(rng.bytes(X25519_BYTES), false);
  const publicKey = await publicOf(privateKey);
  return { publicKey, agree: (other) => agree(privateKey, other) };
}
