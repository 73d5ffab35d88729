import assert from "node:assert/strict";
import fc from "fast-check";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { CountingRng } from "../../tests/harness/parts.ts";
import {
  type BackupSlot,
  openSlot,
  passkeyOfSlot,
  sealSlot,
  type SlotSecret,
} from "./backup_slot.ts";

const rng = new CountingRng();
const user = "@alice:example.com" as UserId;
const backupKey = rng.bytes(32);
const at = { user, backupKey, rng };

async function reasonOf(slot: BackupSlot, secret: SlotSecret, who = user): Promise<string> {
  const result = await openSlot(who, slot, secret);
  if (result.ok) assert.deepEqual(result.backupKey, backupKey);
  return result.ok ? "opened" : result.reason;
}

function changed(slot: BackupSlot, place: number, value?: number): BackupSlot {
  const data = slot.data.slice();
  const index = place < 0 ? data.length + place : place;
  data[index] = value ?? (data[index] as number) ^ 1;
  return { ...slot, data };
}

Deno.test("a recovery key opens its slot, for its user alone", async () => {
  const secret: SlotSecret = { kind: "recovery_key", key: rng.bytes(32) };
  const slot = await sealSlot(at, secret as { kind: "recovery_key"; key: Uint8Array });
  assert.equal(await reasonOf(slot, secret), "opened");
  const other: SlotSecret = { kind: "recovery_key", key: rng.bytes(32) };
  assert.equal(await reasonOf(slot, other), "wrong_secret");
  assert.equal(await reasonOf(slot, secret, "@eve:example.com" as UserId), "wrong_secret");
  for (let byte = 2; byte < slot.data.length; byte++) {
    assert.notEqual(await reasonOf(changed(slot, byte), secret), "opened", `byte ${byte}`);
  }
  for (const data of [slot.data.subarray(1), slot.data.subarray(0, -1), new Uint8Array(0)]) {
    assert.equal(await reasonOf({ ...slot, data }, secret), "malformed");
  }
});

Deno.test("a passphrase opens its slot however it was typed, and no other does", async () => {
  const slot = await sealSlot(at, { kind: "passphrase", passphrase: "Ünïcode horse ﬁve" });
  const shares: number[] = [];
  const secret = (passphrase: string): SlotSecret => ({
    kind: "passphrase",
    passphrase,
    onProgress: (share) => shares.push(share),
  });
  assert.equal(await reasonOf(slot, secret(" U\u0308ni\u0308code horse five ")), "opened");
  assert.equal(shares.at(-1), 1);
  assert.equal(await reasonOf(slot, secret("Ünïcode horse six")), "wrong_secret");
});

Deno.test("the cost that a server names is bounded before anything is computed", async () => {
  const slot = await sealSlot(at, { kind: "passphrase", passphrase: "correct horse" });
  const secret: SlotSecret = { kind: "passphrase", passphrase: "correct horse" };
  // Bytes 2 to 5 are KiB, byte 6 the rounds.
  assert.equal(await reasonOf(changed(slot, 2, 0xff), secret), "too_costly");
  assert.equal(await reasonOf(changed(slot, 6, 200), secret), "too_costly");
  assert.equal(await reasonOf(changed(slot, 6, 1), secret), "too_cheap");
  assert.equal(await reasonOf(changed(changed(slot, 4, 0), 5, 8), secret), "too_cheap");
  assert.equal(await reasonOf(changed(slot, 5), secret), "wrong_secret");
  for (
    const cost of [{ kib: 1024, rounds: 2 }, { kib: 19_456, rounds: 1 }, {
      kib: 2 ** 30,
      rounds: 3,
    }]
  ) {
    const made = sealSlot(at, { kind: "passphrase", passphrase: "correct horse", cost });
    await assert.rejects(made, /is not taken/);
  }
});

Deno.test("a passkey opens its slot with the secret that its own input gives", async () => {
  const prf = rng.bytes(32);
  const credentialId = rng.bytes(64);
  const prfInput = rng.bytes(32);
  const slot = await sealSlot(at, { kind: "passkey", prf, credentialId, prfInput });
  assert.ok(slot.data.length <= limits.e2ee.maxSlotBytes);
  assert.deepEqual(passkeyOfSlot(slot), { kind: "passkey", credentialId, prfInput });
  assert.equal(await reasonOf(slot, { kind: "passkey", prf }), "opened");
  assert.equal(await reasonOf(slot, { kind: "passkey", prf: rng.bytes(32) }), "wrong_secret");
  assert.equal(await reasonOf(slot, { kind: "recovery_key", key: prf }), "other_kind");
  const renamed = { kind: "recovery_key", data: slot.data } as const;
  assert.equal(await reasonOf(renamed, { kind: "recovery_key", key: prf }), "malformed");
  assert.equal(passkeyOfSlot(renamed), undefined);
  const long = { kind: "passkey", prf, prfInput, credentialId: rng.bytes(2000) } as const;
  await assert.rejects(sealSlot(at, long), /too long/);
});

Deno.test("secrets that are none are refused with what is wrong", async () => {
  const short = sealSlot(at, { kind: "passphrase", passphrase: "  seven77  " });
  await assert.rejects(short, /at least 8 characters/);
  const long = sealSlot(at, { kind: "passphrase", passphrase: "x".repeat(1025) });
  await assert.rejects(long, /at most 1024 bytes/);
  const key = sealSlot(at, { kind: "recovery_key", key: new Uint8Array(16) });
  await assert.rejects(key, /32 bytes, not 16/);
  const wrong = { ...at, backupKey: new Uint8Array(0) };
  await assert.rejects(sealSlot(wrong, { kind: "recovery_key", key: rng.bytes(32) }), /32 bytes/);
});

Deno.test("opening random bytes never throws", async () => {
  const secrets: SlotSecret[] = [
    { kind: "recovery_key", key: new Uint8Array(32) },
    { kind: "passkey", prf: new Uint8Array(32) },
  ];
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => {
    for (const secret of secrets) {
      assert.notEqual(await reasonOf({ kind: secret.kind, data }, secret), "opened");
    }
  }));
});
