import type { Receipt } from "../../../core/api/e2ee_groups.ts";
import { receiptMessage } from "../../../core/e2ee/receipt_chain.ts";
import { encodeSignature, type EventSigner } from "../../../core/event/sign.ts";

/** What a receipt says, before it is signed. */
export type Unsigned = Omit<Receipt, "sig" | "key">;

/**
 * Signs the sequencer's word that a change of a group came first. Each receipt names the one
 * before, so that two of one epoch prove that the sequencer told two stories. PROTOCOL.md,
 * "Encryption: delivery".
 */
export async function signReceipt(unsigned: Unsigned, signer: EventSigner): Promise<Receipt> {
  const payload = { ...unsigned, key: signer.keyId };
  return { ...payload, sig: encodeSignature(await signer.sign(receiptMessage(payload))) };
}
