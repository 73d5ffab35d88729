/** What a browser lacks for the encryption. */
export type Lack = "insecure" | "storage" | "algorithms";

/** Tries what the encryption stands on; undefined where everything is there. */
export async function findLack(): Promise<Lack | undefined> {
  if (!isSecureContext) return "insecure";
  if (!navigator.locks || !globalThis.indexedDB || !globalThis.BroadcastChannel) return "storage";
  // Came last of all: Chromium 140, Firefox 133, Safari 18.2.
  if (!("fromBase64" in Uint8Array)) return "algorithms";
  try {
    await Promise.all([
      crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]),
      crypto.subtle.generateKey("X25519", false, ["deriveBits"]),
    ]);
    return undefined;
  } catch {
    return "algorithms";
  }
}
