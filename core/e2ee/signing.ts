import { writeCanonicalBytes } from "../event/json_write.ts";
import { type SignatureTag, taggedBytes } from "../event/sign.ts";
import type { SignatureVerifier } from "../event/verify.ts";
import { base64Of } from "./bytes.ts";

/** The tags that keys of people sign with; no server's key does. PROTOCOL.md 12. */
export type UserKeyTag = Extract<SignatureTag, `e2ee-${string}`>;

/** What is signed or was: a tag and the bytes under it. */
export interface Statement {
  readonly tag: UserKeyTag;
  readonly payload: Uint8Array;
}

/** Fetched when something is signed; signatures are checked by Web Crypto, in `StrictVerifier`. */
const ed25519 = () => import("@noble/ed25519");

/** The public key of a 32-byte seed. Throws where the seed has another size. */
export async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { getPublicKeyAsync } = await ed25519();
  return Uint8Array.from(await getPublicKeyAsync(seed));
}

/** 64 bytes by the key of a seed. */
export async function signStatement(
  seed: Uint8Array,
  { tag, payload }: Statement,
): Promise<Uint8Array<ArrayBuffer>> {
  const { signAsync } = await ed25519();
  return Uint8Array.from(await signAsync(taggedBytes(tag, payload), seed));
}

/** Whether a key signed it, under ed25519-strict. Never throws for bad input. */
export function verifyStatement(
  { tag, payload }: Statement,
  by: { readonly key: Uint8Array; readonly signature: Uint8Array },
  verifier: SignatureVerifier,
): Promise<boolean> {
  return verifier.verify({ ...by, message: taggedBytes(tag, payload) });
}

/** `jcs` of names and keys; keys in base64. */
export function statedKeys(fields: Readonly<Record<string, string | Uint8Array>>) {
  const texts = Object.entries(fields).map(([name, value]) =>
    [name, typeof value === "string" ? value : base64Of(value)] as const
  );
  return writeCanonicalBytes(Object.fromEntries(texts));
}
