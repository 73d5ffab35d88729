import { eraseUser as operation } from "../../core/api/federation/people.ts";
import { erasureOrderBytes, erasureReceiptBytes } from "../../core/event/erasure.ts";
import { decodeSignature, encodeSignature } from "../../core/event/sign.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf } from "../../core/ids/user_id.ts";
import { decodePublicKey, usable } from "../../core/keys/key_entry.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { defineHandler, keyNameText, type KeyRing, type ServerSigner } from "../ports.ts";
import { notHere } from "./not_here.ts";
import type { Eraser } from "./ports.ts";

export interface EraseDeps {
  readonly eraser: Eraser;
  readonly keys: Pick<KeyRing, "obtain" | "refusal">;
  readonly verifier: SignatureVerifier;
  readonly signer: ServerSigner;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Takes away what a user of the asker wrote, also where neither is in a room any more, and
 * answers with a signed receipt. The order carries its own signature, so that it is proof by
 * itself; a copy of an older one does nothing. PROTOCOL.md 6 (erasure).
 */
export function eraseHandler(deps: EraseDeps) {
  const { eraser, signer, clock } = deps;
  return defineHandler({
    operation,
    async answer(asked, request) {
      const user = parseUserId(request.user);
      if (user === undefined || serverOf(user) !== asked.origin) throw notHere();
      const rooms = request.rooms?.map((raw) => parseRoomId(raw) ?? malformed());
      const nowMs = clock.now();
      const { before_ts, seq, signature } = request;
      const order = { user, rooms, before_ts, seq };
      if (before_ts > nowMs + limits.receive.maxFutureMs) throw notHere();
      const signed = { message: erasureOrderBytes(order), ...signature };
      if (!await isSigned(deps, asked.origin, signed)) throw notHere();
      const done = await eraser.erase({ user, rooms, beforeTs: before_ts, seq });
      if (done === undefined) throw notHere();
      const receipt = { user, seq, erased: done.erased, done_ts: done.doneTs };
      const key = await signer.current(nowMs);
      const value = encodeSignature(await key.sign(erasureReceiptBytes(receipt)));
      return { ...receipt, signature: { key_id: key.keyId, value } };
    },
  });
}

function malformed(): never {
  throw notHere();
}

async function isSigned(
  { keys, verifier, clock }: Pick<EraseDeps, "keys" | "verifier" | "clock">,
  server: ServerName,
  signed: { readonly message: Uint8Array; readonly key_id: string; readonly value: string },
): Promise<boolean> {
  const keyId = parseKeyId(signed.key_id);
  const signature = decodeSignature(signed.value);
  if (keyId === undefined || signature === undefined) return false;
  const name = { server, keyId };
  const entry = (await keys.obtain([name])).get(keyNameText(name));
  const key = entry === undefined ? undefined : decodePublicKey(entry.key);
  if (entry === undefined || key === undefined || !usable(entry, clock.now())) return false;
  if (await keys.refusal(name, clock.now()) !== undefined) return false;
  return await verifier.verify({ key, signature, message: signed.message });
}
