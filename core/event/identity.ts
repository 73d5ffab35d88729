import type { UserId } from "../ids/user_id.ts";
import { decodePublicKey } from "../keys/key_entry.ts";
import { writeCanonicalBytes } from "./json_write.ts";
import { decodeSignature, taggedBytes } from "./sign.ts";
import type { SignatureVerifier } from "./verify.ts";

/** `identity` of a member event: a user's own key, and its proof that it knows the user. PROTOCOL.md 10. */
export interface Identity {
  /** Ed25519 public key, unpadded base64. */
  readonly key: string;
  readonly proof: string;
}

/** What the identity key signs: tag `identity`, `jcs({user, key})`. */
export function identityBytes(user: UserId, key: string): Uint8Array<ArrayBuffer> {
  return taggedBytes("identity", writeCanonicalBytes({ user, key }));
}

/** Whether the proof holds; where it does not, the event is dropped. PROTOCOL.md 10. */
export async function verifyIdentity(
  { user, identity }: { readonly user: UserId; readonly identity: Identity },
  verifier: SignatureVerifier,
): Promise<boolean> {
  const key = decodePublicKey(identity.key);
  const signature = decodeSignature(identity.proof);
  if (key === undefined || signature === undefined) return false;
  return await verifier.verify({ key, signature, message: identityBytes(user, identity.key) });
}
