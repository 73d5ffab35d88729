/** What a browser lacks for the encryption. */
export type Lack = "insecure" | "storage" | "algorithms";

/** Keys of one kind that are tried to be made: one that fails by chance is no lack. */
const TRIES = 5;

/** Tries what the encryption stands on; undefined where everything is there. */
export async function findLack(): Promise<Lack | undefined> {
  if (!isSecureContext) return "insecure";
  if (!navigator.locks || !globalThis.indexedDB || !globalThis.BroadcastChannel) return "storage";
  // Came last of all: Chromium 140, Firefox 133, Safari 18.2.
  if (!("fromBase64" in Uint8Array)) return "algorithms";
  const made = await Promise.all([
    canMake(() => crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])),
    canMake(() => crypto.subtle.generateKey("X25519", false, ["deriveBits"])),
  ]);
  return made.every(Boolean) ? undefined : "algorithms";
}

/**
 * Whether keys of a kind can be made. WebKit on libgcrypt fails to make one of a hundred of
 * algorithms that it has, with another error than for those that it does not know.
 */
export async function canMake(makeKey: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      await makeKey();
      return true;
    } catch (error) {
      if ((error as Error | undefined)?.name !== "OperationError") return false;
    }
  }
  return false;
}
