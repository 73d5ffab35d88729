import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import {
  type Certificate,
  type CertificateSource,
  readCertificate,
  TlsError,
} from "./certificate.ts";

const LOOK_EVERY_MS = 60_000;

export interface CertificateFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/**
 * The certificate of two files that somebody else renews: they are looked at every minute, and
 * a pair that cannot be used leaves the former one in place.
 */
export async function openFileCertificate(
  files: CertificateFiles,
  deps: { readonly clock: Clock; readonly log: Log },
): Promise<CertificateSource> {
  const stopping = new AbortController();
  const takers: ((certificate: Certificate) => void)[] = [];
  let current = await readPair(files);
  const watching = watch();

  async function watch(): Promise<void> {
    for (;;) {
      try {
        await deps.clock.sleep(LOOK_EVERY_MS, stopping.signal);
      } catch {
        return;
      }
      try {
        const next = await readPair(files);
        if (next.cert === current.cert && next.key === current.key) continue;
        current = next;
        for (const take of takers) take(next);
        deps.log.log("info", "The certificate files changed and are in use.", {
          valid_until: new Date(readCertificate(next.cert).validUntilTs).toISOString(),
        });
      } catch (error) {
        deps.log.log("error", "The changed certificate files cannot be used.", { error });
      }
    }
  }

  return {
    get current() {
      return current;
    },
    onChange: (take) => void takers.push(take),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await watching;
    },
  };
}

/** @throws TlsError unless both are readable and belong together. */
export async function readPair(files: CertificateFiles): Promise<Certificate> {
  const cert = await readText(files.certPath, "tls.cert");
  const key = await readText(files.keyPath, "tls.key");
  try {
    readCertificate(cert);
  } catch (cause) {
    throw new TlsError(`tls.cert: ${files.certPath} is no certificate in PEM form.`, { cause });
  }
  if (!belongs(cert, key, files.keyPath)) {
    throw new TlsError(
      `tls.key: ${files.keyPath} is not the key of the certificate ${files.certPath}.`,
    );
  }
  return { cert, key };
}

async function readText(path: string, setting: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new TlsError(
      `${setting}: the file ${path} cannot be read: is the path right, and may this user read it?`,
      { cause },
    );
  }
}

function belongs(cert: string, key: string, keyPath: string): boolean {
  try {
    return publicHalf(cert) === publicHalfOfPrivate(key);
  } catch (cause) {
    throw new TlsError(`tls.key: ${keyPath} is no private key in PEM form.`, { cause });
  }
}

function publicHalf(cert: string): string {
  return exported(new X509Certificate(cert).publicKey);
}

function publicHalfOfPrivate(key: string): string {
  return exported(createPublicKey(createPrivateKey(key)));
}

function exported(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
