import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual, verify, X509Certificate } from "node:crypto";

/** What werift leaves out: whether the browser owns its certificate, and saw what we saw. */

const FINISHED_BYTES = 12;
/** Hash and signature of CertificateVerify (RFC 5246, 7.4.1.4.1), and the kind of key they need. */
const KEY_KINDS: Readonly<Record<number, string>> = { 0x0403: "ec", 0x0401: "rsa" };

/** The first certificate of a Certificate message, in DER; undefined where there is none. */
export function readCertificate(body: Buffer): Buffer | undefined {
  if (body.length < 6 || body.readUIntBE(0, 3) !== body.length - 3) return undefined;
  const end = 6 + body.readUIntBE(3, 3);
  return end > 6 && end <= body.length ? body.subarray(6, end) : undefined;
}

/**
 * Whether a CertificateVerify message was signed with the certificate's key over all messages in
 * front of it (RFC 5246, 7.4.8). False for anything that cannot be read.
 */
export function isSignedBy(certificate: Buffer, body: Buffer, transcript: Buffer): boolean {
  if (body.length < 4 || body.length !== 4 + body.readUInt16BE(2)) return false;
  try {
    const key = new X509Certificate(certificate).publicKey;
    return key.asymmetricKeyType === KEY_KINDS[body.readUInt16BE(0)] &&
      verify("sha256", transcript, key, body.subarray(4));
  } catch {
    // A certificate or key that the library cannot read vouches for nothing.
    return false;
  }
}

/** Whether the client's Finished message matches the handshake as we saw it (RFC 5246, 7.4.9). */
export function isFinishedOf(masterSecret: Uint8Array, body: Buffer, transcript: Buffer): boolean {
  const hash = createHash("sha256").update(transcript).digest();
  const expected = expand(masterSecret, "client finished", hash).subarray(0, FINISHED_BYTES);
  return body.length === FINISHED_BYTES && timingSafeEqual(body, expected);
}

/** The first 32 bytes of the PRF (RFC 5246, 5). */
function expand(secret: Uint8Array, label: string, seed: Buffer): Buffer {
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  const first = createHmac("sha256", secret).update(labelled).digest();
  return createHmac("sha256", secret).update(first).update(labelled).digest();
}
