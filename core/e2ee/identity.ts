import type { UserId } from "../ids/user_id.ts";
import { isStrictKey, type SignatureVerifier } from "../event/verify.ts";
import type { Rng } from "../ports/rng.ts";
import { base64Of, equalBytes, fromBase64 } from "./bytes.ts";
import {
  publicKeyOf,
  signStatement,
  statedKeys,
  type Statement,
  verifyStatement,
} from "./signing.ts";

/** What a user's devices share in secret: three Ed25519 seeds of 32 bytes. PROTOCOL.md 12. */
export interface IdentitySecrets {
  readonly user: UserId;
  /** Master key: stands for the user; signs the other two. */
  readonly msk: Uint8Array;
  /** Self-signing key: signs the user's own devices. */
  readonly ssk: Uint8Array;
  /** User-signing key: signs the master keys of people whom this user has verified. */
  readonly usk: Uint8Array;
}

/** What others see of it. Keys have 32 bytes, signatures 64. */
export interface CrossSigning {
  readonly user: UserId;
  readonly msk: Uint8Array;
  readonly ssk: Uint8Array;
  readonly usk: Uint8Array;
  readonly sskSignature: Uint8Array;
  readonly uskSignature: Uint8Array;
}

/** `CrossSigning` on the wire; base64 without padding. */
export interface CrossSigningJson {
  readonly msk: string;
  readonly ssk: string;
  readonly usk: string;
  readonly ssk_sig: string;
  readonly usk_sig: string;
}

export type IdentityFault =
  | "malformed"
  | "weak_key"
  | "repeated_key"
  | "bad_ssk_signature"
  | "bad_usk_signature";

/** A new identity; the old one of the user, if any, means nothing to who pins this one. */
export async function newIdentity(
  user: UserId,
  rng: Rng,
): Promise<{ readonly secrets: IdentitySecrets; readonly identity: CrossSigning }> {
  const secrets = { user, msk: rng.bytes(32), ssk: rng.bytes(32), usk: rng.bytes(32) };
  return { secrets, identity: await identityOf(secrets) };
}

/** The public half of secrets, as after a restore. Signatures are the same each time. */
export async function identityOf(secrets: IdentitySecrets): Promise<CrossSigning> {
  const { user } = secrets;
  const msk = await publicKeyOf(secrets.msk);
  const ssk = await publicKeyOf(secrets.ssk);
  const usk = await publicKeyOf(secrets.usk);
  const sskSignature = await signStatement(secrets.msk, sskStatement({ user, msk, ssk }));
  const uskSignature = await signStatement(secrets.msk, uskStatement({ user, msk, usk }));
  return { user, msk, ssk, usk, sskSignature, uskSignature };
}

/** What the master key signs about the self-signing key; certificates carry the signature. */
export function sskStatement(
  { user, msk, ssk }: Pick<CrossSigning, "user" | "msk" | "ssk">,
): Statement {
  return { tag: "e2ee-ssk", payload: statedKeys({ user, msk, ssk }) };
}

function uskStatement({ user, msk, usk }: Pick<CrossSigning, "user" | "msk" | "usk">): Statement {
  return { tag: "e2ee-usk", payload: statedKeys({ user, msk, usk }) };
}

/** Whether an identity holds together. It says nothing about whose it is: that is what pins are for. */
export async function checkIdentity(
  identity: CrossSigning,
  verifier: SignatureVerifier,
): Promise<"good" | IdentityFault> {
  const { user, msk, ssk, usk, sskSignature, uskSignature } = identity;
  if (![msk, ssk, usk].every(isStrictKey)) return "weak_key";
  if (equalBytes(msk, ssk) || equalBytes(msk, usk) || equalBytes(ssk, usk)) return "repeated_key";
  const byMsk = (statement: Statement, signature: Uint8Array) =>
    verifyStatement(statement, { key: msk, signature }, verifier);
  if (!await byMsk(sskStatement({ user, msk, ssk }), sskSignature)) return "bad_ssk_signature";
  if (!await byMsk(uskStatement({ user, msk, usk }), uskSignature)) return "bad_usk_signature";
  return "good";
}

export function writeIdentity(identity: CrossSigning): CrossSigningJson {
  return {
    msk: base64Of(identity.msk),
    ssk: base64Of(identity.ssk),
    usk: base64Of(identity.usk),
    ssk_sig: base64Of(identity.sskSignature),
    usk_sig: base64Of(identity.uskSignature),
  };
}

/** The identity that a server tells of a user, unchecked; undefined where sizes or base64 are wrong. */
export function readIdentity(user: UserId, json: CrossSigningJson): CrossSigning | undefined {
  const msk = fromBase64(json.msk, 32);
  const ssk = fromBase64(json.ssk, 32);
  const usk = fromBase64(json.usk, 32);
  const sskSignature = fromBase64(json.ssk_sig, 64);
  const uskSignature = fromBase64(json.usk_sig, 64);
  if (msk === undefined || ssk === undefined || usk === undefined) return undefined;
  if (sskSignature === undefined || uskSignature === undefined) return undefined;
  return { user, msk, ssk, usk, sskSignature, uskSignature };
}

/** That `signer` has verified `user`, whose master key is `msk`. */
export interface UserStatement {
  readonly signer: UserId;
  readonly user: UserId;
  readonly msk: Uint8Array;
}

function userStatement({ signer, user, msk }: UserStatement): Statement {
  return { tag: "e2ee-user", payload: statedKeys({ signer, user, msk }) };
}

/** The result of verifying somebody, by the user-signing seed: 64 bytes. */
export function signUser(
  uskSeed: Uint8Array,
  about: UserStatement,
): Promise<Uint8Array<ArrayBuffer>> {
  return signStatement(uskSeed, userStatement(about));
}

/** Whether a user-signing key vouches for a master key. */
export function checkUserSignature(
  about: UserStatement,
  by: { readonly usk: Uint8Array; readonly signature: Uint8Array },
  verifier: SignatureVerifier,
): Promise<boolean> {
  const signed = { key: by.usk, signature: by.signature };
  return verifyStatement(userStatement(about), signed, verifier);
}
