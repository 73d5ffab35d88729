import { X509Certificate } from "node:crypto";
import type { ServerName } from "../../core/ids/server_name.ts";

/** Servers that prove themselves by certificate beside their signature, and by which. */
export class MutualPeers {
  readonly #pins: ReadonlyMap<ServerName, X509Certificate>;

  /** `files`: the PEM text of each server. @throws Error where it is no certificate */
  constructor(files: ReadonlyMap<ServerName, string>) {
    this.#pins = new Map([...files].map(([server, pem]) => [server, read(server, pem)]));
  }

  /**
   * Whether a request may be of this server, as far as certificates say: always, unless one was
   * agreed with it; then only with that one, or one that its authority made. The listener has
   * verified its dates and chain.
   */
  accepts(server: ServerName, shown: Uint8Array | undefined): boolean {
    const pin = this.#pins.get(server);
    if (pin === undefined) return true;
    if (shown === undefined) return false;
    const certificate = new X509Certificate(shown);
    return certificate.fingerprint256 === pin.fingerprint256 ||
      (certificate.checkIssued(pin) && certificate.verify(pin.publicKey));
  }
}

function read(server: ServerName, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(
      `The file that federation.mutual_tls names for ${server} holds no certificate in PEM.`,
      { cause },
    );
  }
}
