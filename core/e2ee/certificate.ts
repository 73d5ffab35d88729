import { isStrictKey, type SignatureVerifier } from "../event/verify.ts";
import { type DeviceId, parseDeviceId } from "../ids/device_id.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { ByteReader, concat, equalBytes, textOf, uint, utf8 } from "./bytes.ts";
import { type CrossSigning, type IdentitySecrets, sskStatement } from "./identity.ts";
import { signStatement, verifyStatement } from "./signing.ts";

/**
 * A device's certificate, which is the identity of its MLS basic credential: who the device belongs
 * to, by a chain that ends at the user's master key. PROTOCOL.md 12.
 */
export interface Certificate {
  readonly user: UserId;
  readonly device: DeviceId;
  readonly msk: Uint8Array;
  readonly ssk: Uint8Array;
  readonly sskSignature: Uint8Array;
  /** The Ed25519 key of the device's MLS leaf. */
  readonly signatureKey: Uint8Array;
  /** Milliseconds since the epoch, exclusive. */
  readonly expiryMs: number;
  readonly signature: Uint8Array;
}

export type CertificateFault =
  | "malformed"
  | "weak_key"
  | "wrong_signature_key"
  | "other_identity"
  | "bad_ssk_signature"
  | "bad_device_signature"
  | "too_long_lived"
  | "expired";

const VERSION = 1;

function unsigned(certificate: Omit<Certificate, "signature">): Uint8Array<ArrayBuffer> {
  const user = utf8(certificate.user);
  const device = utf8(certificate.device);
  return concat(
    uint(VERSION, 1),
    uint(user.length, 1),
    user,
    uint(device.length, 1),
    device,
    certificate.msk,
    certificate.ssk,
    certificate.sskSignature,
    certificate.signatureKey,
    uint(certificate.expiryMs, 6),
  );
}

/** The certificate of a device, signed by the self-signing seed of its user. */
export async function makeCertificate(
  secrets: Pick<IdentitySecrets, "ssk">,
  identity: CrossSigning,
  of: {
    readonly device: DeviceId;
    readonly signatureKey: Uint8Array;
    readonly expiryMs: number;
  },
): Promise<Uint8Array<ArrayBuffer>> {
  const { user, msk, ssk, sskSignature } = identity;
  if (of.signatureKey.length !== 32 || !isStrictKey(of.signatureKey)) {
    throw new RangeError(`Cannot certify device ${of.device}: its key is no usable Ed25519 key`);
  }
  const payload = unsigned({ user, msk, ssk, sskSignature, ...of });
  return concat(payload, await signStatement(secrets.ssk, { tag: "e2ee-device", payload }));
}

/** What the bytes say, unchecked; undefined where they are not the one form of a certificate. */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  if (bytes.length > limits.e2ee.maxCertificateBytes) return undefined;
  const reader = new ByteReader(bytes);
  if (reader.uint(1) !== VERSION) return undefined;
  const user = readId(reader, parseUserId);
  const device = readId(reader, parseDeviceId);
  if (user === undefined || device === undefined) return undefined;
  const msk = reader.take(32);
  const ssk = reader.take(32);
  const sskSignature = reader.take(64);
  const signatureKey = reader.take(32);
  const expiryMs = reader.uint(6);
  const signature = reader.take(64);
  if (!msk || !ssk || !sskSignature || !signatureKey || !signature) return undefined;
  if (expiryMs === undefined || reader.left !== 0) return undefined;
  return { user, device, msk, ssk, sskSignature, signatureKey, expiryMs, signature };
}

function readId<T>(reader: ByteReader, parse: (text: string) => T | undefined): T | undefined {
  const bytes = reader.led(1);
  const text = bytes && textOf(bytes);
  return text === undefined ? undefined : parse(text);
}

/** What a certificate is held against. */
export interface CertificateCheck {
  readonly bytes: Uint8Array;
  /** The key of the leaf or key package that shows the certificate. */
  readonly signatureKey: Uint8Array;
  /** The master key known for the user; undefined where there is none yet: first use pins. */
  readonly pinnedMsk: Uint8Array | undefined;
  readonly nowMs: number;
}

/**
 * Whether a certificate is good. A server cannot make one: it lacks the self-signing key. Expiry
 * is judged last, so `expired` means that all else holds.
 */
export async function checkCertificate(
  { bytes, signatureKey, pinnedMsk, nowMs }: CertificateCheck,
  verifier: SignatureVerifier,
): Promise<"good" | CertificateFault> {
  const certificate = readCertificate(bytes);
  if (certificate === undefined) return "malformed";
  const { msk, ssk, sskSignature, signature, expiryMs } = certificate;
  if (!equalBytes(certificate.signatureKey, signatureKey)) return "wrong_signature_key";
  if (![msk, ssk, signatureKey].every(isStrictKey)) return "weak_key";
  if (pinnedMsk !== undefined && !equalBytes(msk, pinnedMsk)) return "other_identity";
  const bySsk = { key: msk, signature: sskSignature };
  if (!await verifyStatement(sskStatement(certificate), bySsk, verifier)) {
    return "bad_ssk_signature";
  }
  const payload = bytes.subarray(0, bytes.length - 64);
  if (!await verifyStatement({ tag: "e2ee-device", payload }, { key: ssk, signature }, verifier)) {
    return "bad_device_signature";
  }
  if (expiryMs - nowMs > limits.e2ee.maxCertificateMs) return "too_long_lived";
  return expiryMs > nowMs ? "good" : "expired";
}
