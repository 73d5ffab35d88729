import type { Receipt } from "../../core/api/e2ee_groups.ts";
import { writeCanonicalBytes } from "../../core/event/json_write.ts";
import { decodeSignature, taggedBytes } from "../../core/event/sign.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { type KeyId, parseKeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { decodePublicKey, usable } from "../../core/keys/key_entry.ts";
import { keyNameText, type KeyRing } from "../../federation/ports.ts";

/**
 * Whether these receipts are the sequencer's: signed by a key that was its own at the time that
 * each names. PROTOCOL.md, "Encryption: delivery".
 */
export async function areSigned(
  receipts: readonly Receipt[],
  sequencer: ServerName,
  deps: { readonly keys: Pick<KeyRing, "obtain">; readonly verifier: SignatureVerifier },
): Promise<boolean> {
  const ids = [...new Set(receipts.map(({ key }) => key))].map(parseKeyId);
  if (ids.includes(undefined)) return false;
  const names = ids.map((keyId) => ({ server: sequencer, keyId: keyId as KeyId }));
  const entries = await deps.keys.obtain(names);
  const verdicts = await Promise.all(receipts.map(async (receipt) => {
    const { sig, ...payload } = receipt;
    const entry = entries.get(keyNameText({ server: sequencer, keyId: receipt.key as KeyId }));
    const key = entry === undefined ? undefined : decodePublicKey(entry.key);
    const signature = decodeSignature(sig);
    if (entry === undefined || key === undefined || signature === undefined) return false;
    if (entry.server !== sequencer || !usable(entry, receipt.ts)) return false;
    const message = taggedBytes("mls-receipt", writeCanonicalBytes(payload));
    return await deps.verifier.verify({ key, signature, message });
  }));
  return verdicts.every((good) => good);
}
