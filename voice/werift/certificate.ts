import { createHash, X509Certificate } from "node:crypto";
import { CipherContext } from "werift";

/** The certificate that this process shows in every handshake. It lives as long as the process. */
export interface DtlsIdentity {
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate as descriptions have it: `AB:CD:...`. */
  readonly fingerprint: string;
}

/** ecdsa with sha256, on P-256 (23): the one kind that every browser takes. */
export const SIGNATURE = { signature: 3, hash: 4 } as const;
const P256 = 23;

export async function makeIdentity(): Promise<DtlsIdentity> {
  const { certPem, keyPem } = await CipherContext.createSelfSignedCertificateWithKey(
    SIGNATURE,
    P256,
  );
  return { certPem, keyPem, fingerprint: fingerprintOf(new X509Certificate(certPem).raw) };
}

/** Of a certificate in DER. */
export function fingerprintOf(certificate: Uint8Array): string {
  const hex = createHash("sha256").update(certificate).digest("hex").toUpperCase();
  return hex.replace(/..(?=.)/g, "$&:");
}
