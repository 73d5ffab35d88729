import { sha256 } from "@noble/hashes/sha2.js";
import type { Receipt } from "../../../core/api/e2ee_groups.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { writeCanonicalBytes } from "../../../core/event/json_write.ts";
import { encodeSignature, type EventSigner, taggedBytes } from "../../../core/event/sign.ts";

/** What a receipt says, before it is signed. */
export type Unsigned = Omit<Receipt, "sig" | "key">;

/**
 * Signs the sequencer's word that a change of a group came first. Each receipt names the one
 * before, so that two of one epoch prove that the sequencer told two stories. PROTOCOL.md,
 * "Encryption: delivery".
 */
export async function signReceipt(unsigned: Unsigned, signer: EventSigner): Promise<Receipt> {
  const payload = { ...unsigned, key: signer.keyId };
  const bytes = taggedBytes("mls-receipt", writeCanonicalBytes(payload));
  return { ...payload, sig: encodeSignature(await signer.sign(bytes)) };
}

/** What the next receipt names this one by: SHA-256 of its canonical JSON, signature included. */
export function hashReceipt(receipt: Receipt): string {
  return base64Of(sha256(writeCanonicalBytes({ ...receipt })));
}
