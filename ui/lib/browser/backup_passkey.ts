import type { PasskeyWay } from "../../../core/e2ee/engine/types.ts";
import type { Owner } from "../encryption/owner.ts";

/**
 * A passkey as a way to one's messages: its PRF gives 32 bytes that open the backup. They are used
 * on this device alone; the server keeps which passkey is to be asked, and with what, and checks
 * nothing. Such a passkey signs nobody in, and takes no place of one that does: its user is random.
 */

const BYTES = 32;
/** ES256, EdDSA, RS256: what authenticators make. */
const ALGORITHMS = [-7, -8, -257] as const;
/** A person looks for a key in a drawer (ms). */
const PATIENCE_MS = 180_000;

/** Why a passkey gave nothing; the texts are `e2ee.passkey.fault.*`. */
export type PasskeyFault = "stopped" | "no_prf" | "unsupported";

export class PasskeyRefused extends Error {
  override readonly name = "PasskeyRefused";

  constructor(readonly reason: PasskeyFault, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Whether this browser can ask a passkey for such bytes, as far as it says. */
export async function canPasskey(): Promise<boolean> {
  if (typeof PublicKeyCredential === "undefined" || navigator.credentials === undefined) {
    return false;
  }
  const { getClientCapabilities } = PublicKeyCredential as {
    getClientCapabilities?: () => Promise<Record<string, boolean>>;
  };
  if (getClientCapabilities === undefined) return true;
  const known = await getClientCapabilities.call(PublicKeyCredential);
  return known["extension:prf"] !== false;
}

/** Makes a passkey of this site with the person, and asks it. @throws PasskeyRefused */
export async function makePasskey(
  owner: Owner,
): Promise<PasskeyWay & { readonly prf: Uint8Array }> {
  const prfInput = random();
  const name = `${owner.userName} (${owner.serverName})`;
  const made = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: owner.serverName },
        user: { id: random(), name, displayName: name },
        challenge: random(),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: PATIENCE_MS,
        extensions: { prf: { eval: { first: prfInput } } },
      },
    })
  );
  const credentialId = new Uint8Array(made.rawId);
  const { prf } = made.getClientExtensionResults();
  if (prf?.results?.first !== undefined) {
    return { credentialId, prfInput, prf: bytesOf(prf.results.first) };
  }
  if (prf?.enabled !== true) throw new PasskeyRefused("no_prf", "The passkey has no PRF");
  // Many can be asked only after they were made.
  return { credentialId, prfInput, prf: await askPasskey({ credentialId, prfInput }) };
}

/** The bytes that open the backup. @throws PasskeyRefused */
export async function askPasskey({ credentialId, prfInput }: PasskeyWay): Promise<Uint8Array> {
  const used = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(),
        allowCredentials: [{ type: "public-key", id: new Uint8Array(credentialId) }],
        userVerification: "required",
        timeout: PATIENCE_MS,
        extensions: { prf: { eval: { first: new Uint8Array(prfInput) } } },
      },
    })
  );
  const first = used.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) throw new PasskeyRefused("no_prf", "The passkey gave no PRF");
  return bytesOf(first);
}

async function ask(act: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let given: Credential | null;
  try {
    given = await act();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const reason = name === "NotSupportedError" || name === "SecurityError"
      ? "unsupported"
      : "stopped";
    throw new PasskeyRefused(reason, `The passkey was not used: ${error}`, { cause: error });
  }
  if (given === null) throw new PasskeyRefused("stopped", "The browser gave no passkey");
  return given as PublicKeyCredential;
}

function random(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(BYTES));
}

function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source);
}
