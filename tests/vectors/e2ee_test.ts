import assert from "node:assert/strict";
import { sha256 } from "@noble/hashes/sha2.js";
import type { DeviceId } from "../../core/ids/device_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { openBytes, sealBytes } from "../../core/e2ee/attachment.ts";
import { emptyHead, openChunk, sealChunk } from "../../core/e2ee/backup.ts";
import type { BackupEntry } from "../../core/e2ee/backup_entries.ts";
import { type NewSlot, openSlot, sealSlot } from "../../core/e2ee/backup_slot.ts";
import { makeCertificate, readCertificate } from "../../core/e2ee/certificate.ts";
import { open, readRecord, seal } from "../../core/e2ee/envelope.ts";
import { openBatch, sealBatch, type ShareFacts } from "../../core/e2ee/history_share.ts";
import { identityOf, signUser, writeIdentity } from "../../core/e2ee/identity.ts";
import type { SealedDraft } from "../../core/e2ee/payload.ts";
import { formatRecoveryKey } from "../../core/e2ee/recovery_key.ts";
import { roomCode, userCode } from "../../core/e2ee/safety_number.ts";
import { sharedSecrets } from "../../core/e2ee/verification/secrets.ts";
import vectors from "./e2ee.json" with { type: "json" };

const user = vectors.user as UserId;
const other = vectors.other_user as UserId;
const device = vectors.device as DeviceId;
const bytes = (hex: string) => Uint8Array.fromHex(hex);

/** Gives exactly the bytes that a vector names, in order. */
function rngOf(...hex: string[]) {
  const left = [...hex];
  return {
    bytes(length: number) {
      const next = bytes(left.shift() ?? "");
      assert.equal(next.length, length);
      return next;
    },
  };
}

const secrets = {
  user,
  msk: bytes(vectors.identity.seeds.msk),
  ssk: bytes(vectors.identity.seeds.ssk),
  usk: bytes(vectors.identity.seeds.usk),
};
const identity = await identityOf(secrets);

Deno.test("vectors: an identity, and its word for another user", async () => {
  assert.deepEqual(writeIdentity(identity), vectors.identity.published);
  const about = { signer: user, user: other, msk: bytes(vectors.user_signature.msk) };
  const signature = await signUser(secrets.usk, about);
  assert.equal(signature.toHex(), vectors.user_signature.signature);
});

Deno.test("vectors: a device's certificate", async () => {
  const { signature_key, expiry_ms, bytes: expected } = vectors.certificate;
  const signatureKey = bytes(signature_key);
  const made = await makeCertificate(secrets, identity, {
    device,
    signatureKey,
    expiryMs: expiry_ms,
  });
  assert.equal(made.toHex(), expected);
  assert.equal(readCertificate(made)?.device, device);
});

Deno.test("vectors: a sealed message", () => {
  const { place, payload, nonce, content_key, cipher_nonce, body, record } = vectors.sealed;
  const at = {
    roomId: place.room_id as RoomId,
    channelId: place.channel_id as ChannelId,
    sender: user,
    relation: { kind: "reply", event_id: place.reply_to as EventId },
  } as const;
  const rng = rngOf(nonce, content_key, cipher_nonce);
  const made = seal({ payload: payload as unknown as SealedDraft, place: at, rng });
  assert.equal(made.sealed.body, body);
  assert.equal(made.record.toHex(), record);
  assert.ok(open({ sealed: made.sealed, key: bytes(record), place: at }).ok);
});

Deno.test("vectors: a sealed file", async () => {
  const { key, content, sealed_sha256, sealed_bytes } = vectors.file;
  const made = await sealBytes(bytes(content), rngOf(key));
  assert.equal(made.sealed.length, sealed_bytes);
  assert.equal(sha256(made.sealed).toHex(), sealed_sha256);
  assert.deepEqual(await openBytes(made.sealed, made.file), bytes(content));
});

Deno.test("vectors: a backup's first chunk", () => {
  const { key, nonce, room_id, event_id, record, chunk } = vectors.backup;
  const place = { user, backupKey: bytes(key), after: emptyHead(1) };
  const kept = bytes(record);
  const entries: BackupEntry[] = [
    { type: "identity", secrets: { msk: secrets.msk, ssk: secrets.ssk, usk: secrets.usk } },
    {
      type: "keys",
      roomId: room_id as RoomId,
      keys: [{
        eventId: event_id as EventId,
        nonce: kept.slice(1, 17),
        contentKey: kept.slice(17, 49),
        hash: kept.slice(49, 81),
        kind: "message",
      }],
    },
  ];
  const made = sealChunk(place, entries, rngOf(nonce));
  assert.equal(made.chunk.toHex(), chunk);
  assert.deepEqual(openChunk(place, bytes(chunk)), { ok: true, entries, head: made.head });
});

Deno.test("vectors: a batch of shared history", () => {
  const { id, from_ts, until_ts, key, nonce, batch, batches, sealed } = vectors.history;
  const { room_id, event_id, record } = vectors.backup;
  const facts: ShareFacts = {
    id: bytes(id),
    roomId: room_id as RoomId,
    from: user,
    to: other,
    fromTs: from_ts,
    untilTs: until_ts,
  };
  const known = readRecord(bytes(record));
  assert.ok(known);
  const keys = [{ eventId: event_id as EventId, ...known }];
  const made = sealBatch(facts, { batch, batches }, { key: bytes(key), keys, rng: rngOf(nonce) });
  assert.equal(made.toHex(), sealed);
  const opened = openBatch(facts, { batch, batches }, { key: bytes(key), sealed: bytes(sealed) });
  assert.deepEqual(opened, keys);
});

Deno.test("vectors: three slots for a backup's key, and the recovery key as it is read", async () => {
  const { key: backup } = vectors.backup;
  const { recovery_key, passphrase, passkey } = vectors.slots;
  assert.equal(formatRecoveryKey(bytes(recovery_key.key)), recovery_key.text);
  const slots: [NewSlot, string[], string][] = [
    [
      { kind: "recovery_key", key: bytes(recovery_key.key) },
      [recovery_key.nonce],
      recovery_key.data,
    ],
    [
      { kind: "passphrase", passphrase: passphrase.passphrase },
      [passphrase.salt, passphrase.nonce],
      passphrase.data,
    ],
    [
      {
        kind: "passkey",
        prf: bytes(passkey.prf),
        credentialId: bytes(passkey.credential_id),
        prfInput: bytes(passkey.prf_input),
      },
      [passkey.nonce],
      passkey.data,
    ],
  ];
  for (const [slot, random, data] of slots) {
    const at = { user, backupKey: bytes(backup), rng: rngOf(...random) };
    const made = await sealSlot(at, slot);
    assert.equal(made.data.toHex(), data);
    const opened = await openSlot(user, made, slot);
    assert.ok(opened.ok && opened.backupKey.toHex() === backup);
  }
});

Deno.test("vectors: codes to compare, and what a verification shows", () => {
  const { codes, verification } = vectors;
  assert.equal(roomCode(bytes(codes.epoch_authenticator)), codes.room);
  const them = { user: other, msk: bytes(vectors.user_signature.msk) };
  assert.equal(userCode({ user, msk: identity.msk }, them), codes.users);
  const side = (who: typeof verification.first) => ({
    user: who.user as UserId,
    device: who.device as DeviceId,
    msk: bytes(who.msk),
    signatureKey: bytes(who.signature_key),
    wants: who.wants,
  });
  const shared = sharedSecrets(bytes(verification.agreed), {
    method: "sas",
    id: bytes(verification.id),
    first: side(verification.first),
    second: side(verification.second),
    commitment: bytes(verification.commitment),
    firstKey: bytes(verification.first_key),
    secondKey: bytes(verification.second_key),
  });
  assert.deepEqual(shared.emoji.map(({ name }) => name), verification.emoji);
  assert.deepEqual(shared.decimals, verification.decimals);
  assert.equal(shared.proofOf("first").toHex(), verification.proof_first);
  assert.equal(shared.proofOf("second").toHex(), verification.proof_second);
});
