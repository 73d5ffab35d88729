import { X509Certificate } from "node:crypto";

/** A certificate chain with its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateFacts {
  readonly validFromTs: number;
  readonly validUntilTs: number;
  /** Whether the certificate speaks for the name. */
  readonly covers: (name: string) => boolean;
}

/** What a certificate (the first of a chain) says of itself. Throws where the text is none. */
export function readCertificate(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  return {
    validFromTs: Date.parse(certificate.validFrom),
    validUntilTs: Date.parse(certificate.validTo),
    covers: (name) => certificate.checkHost(name) !== undefined,
  };
}

/** TLS cannot be set up. The message is for the person who starts the server. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

/** Where the listener's certificate comes from; it may change while the server runs. */
export interface CertificateSource extends AsyncDisposable {
  readonly current: Certificate;
  /** Called with each certificate that replaces the current one. */
  onChange(take: (certificate: Certificate) => void): void;
}
