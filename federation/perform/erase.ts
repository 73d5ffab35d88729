import { eraseUser } from "../../core/api/federation/people.ts";
import {
  type ErasureOrder,
  erasureOrderBytes,
  type ErasureReceipt,
  erasureReceiptBytes,
} from "../../core/event/erasure.ts";
import { decodeSignature, encodeSignature } from "../../core/event/sign.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { decodePublicKey, usable } from "../../core/keys/key_entry.ts";
import type { Clock } from "../../core/ports/clock.ts";
import {
  keyNameText,
  type KeyRing,
  type ServerSigner,
  type Transport,
  TransportError,
} from "../ports.ts";

export interface AskErasureDeps {
  readonly transport: Pick<Transport, "call">;
  readonly signer: ServerSigner;
  readonly keys: Pick<KeyRing, "obtain">;
  readonly verifier: SignatureVerifier;
  readonly clock: Pick<Clock, "now">;
}

export interface SignedReceipt extends ErasureReceipt {
  readonly signature: { readonly key_id: string; readonly value: string };
}

/**
 * Has another server take away what a user of ours wrote, and answers with its receipt, whose
 * signature was verified. @throws TransportError; `bad_answer` where the receipt proves nothing
 */
export async function askErasure(
  deps: AskErasureDeps,
  server: ServerName,
  order: ErasureOrder,
): Promise<SignedReceipt> {
  const { transport, signer, clock } = deps;
  const key = await signer.current(clock.now());
  const value = encodeSignature(await key.sign(erasureOrderBytes(order)));
  const { user, rooms, before_ts, seq } = order;
  const answer = await transport.call(server, eraseUser, {
    user,
    before_ts,
    seq,
    ...(rooms === undefined ? {} : { rooms: [...rooms] }),
    signature: { key_id: key.keyId, value },
  });
  const { erased, done_ts, signature } = answer;
  const receipt = { user, seq, erased, done_ts };
  const same = answer.user === user && answer.seq === seq;
  if (same && await isSigned(deps, server, { receipt, signature })) {
    return { ...receipt, signature };
  }
  throw new TransportError("bad_answer", `The receipt of ${server} is not signed by it.`);
}

async function isSigned(
  { keys, verifier, clock }: AskErasureDeps,
  server: ServerName,
  { receipt, signature: { key_id, value } }: {
    readonly receipt: ErasureReceipt;
    readonly signature: SignedReceipt["signature"];
  },
): Promise<boolean> {
  const keyId = parseKeyId(key_id);
  const signature = decodeSignature(value);
  if (keyId === undefined || signature === undefined) return false;
  const entry = (await keys.obtain([{ server, keyId }])).get(keyNameText({ server, keyId }));
  const key = entry === undefined ? undefined : decodePublicKey(entry.key);
  if (entry === undefined || key === undefined || !usable(entry, clock.now())) return false;
  return await verifier.verify({ key, signature, message: erasureReceiptBytes(receipt) });
}
