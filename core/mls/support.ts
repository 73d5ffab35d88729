/** What this asks of Web Crypto: a browser's, or in tests one that lacks something. */
type Subtle = Pick<SubtleCrypto, "importKey">;

const BASE_POINTS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  Ed25519: Uint8Array.fromHex(`58${"66".repeat(31)}`),
  X25519: Uint8Array.fromHex(`09${"00".repeat(31)}`),
};

/**
 * What groups need and this engine does not have, by name: to be asked before a device is made, and
 * to be told to people. Web Crypto is there only in secure contexts (HTTPS or localhost); Ed25519
 * and X25519 came with Chromium 137, Firefox 130 and Safari 17.
 */
export async function findMissing(
  subtle: Subtle | undefined = globalThis.crypto?.subtle,
): Promise<string[]> {
  if (subtle === undefined) return ["Web Crypto"];
  const missing: string[] = [];
  for (const [name, point] of Object.entries(BASE_POINTS)) {
    try {
      await subtle.importKey("raw", point, name, true, name === "Ed25519" ? ["verify"] : []);
    } catch {
      missing.push(name);
    }
  }
  return missing;
}
