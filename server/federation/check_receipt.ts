import type { Receipt } from "../../core/api/e2ee_groups.ts";
import { receiptMessage, signerOf } from "../../core/e2ee/receipt_chain.ts";
import { decodeSignature } from "../../core/event/sign.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { decodePublicKey, usable } from "../../core/keys/key_entry.ts";
import { keyNameText, type KeyRing } from "../../federation/ports.ts";

/**
 * Whether each of these receipts is signed by the server that it names (without a name: by `first`,
 * that of who made the room) with a key that was its own at the time that the receipt names. Whether
 * that server orders the group is another question. `ask`: who may know keys of servers that are
 * away. PROTOCOL.md, "Encryption: delivery".
 */
export async function areSigned(
  receipts: readonly Receipt[],
  { first, ask = [] }: { readonly first: ServerName; readonly ask?: readonly ServerName[] },
  deps: { readonly keys: Pick<KeyRing, "obtain">; readonly verifier: SignatureVerifier },
): Promise<boolean> {
  const names = receipts.map((receipt): KeyName | undefined => {
    const [server, keyId] = [parseServerName(signerOf(receipt, first)), parseKeyId(receipt.key)];
    return server === undefined || keyId === undefined ? undefined : { server, keyId };
  });
  if (names.includes(undefined)) return false;
  const wanted = new Map((names as KeyName[]).map((name) => [keyNameText(name), name]));
  const entries = await deps.keys.obtain([...wanted.values()], { ask });
  const verdicts = await Promise.all(receipts.map(async (receipt, at) => {
    const name = names[at] as KeyName;
    const entry = entries.get(keyNameText(name));
    const key = entry === undefined ? undefined : decodePublicKey(entry.key);
    const signature = decodeSignature(receipt.sig);
    if (entry === undefined || key === undefined || signature === undefined) return false;
    if (entry.server !== name.server || !usable(entry, receipt.ts)) return false;
    return await deps.verifier.verify({ key, signature, message: receiptMessage(receipt) });
  }));
  return verdicts.every((good) => good);
}
