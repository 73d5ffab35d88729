import assert from "node:assert/strict";
import fc from "fast-check";
import { StrictVerifier } from "../event/verify.ts";
import { deviceIdFromBytes } from "../ids/device_id.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { CountingRng } from "../../tests/harness/parts.ts";
import { checkCertificate, makeCertificate, readCertificate } from "./certificate.ts";
import { newIdentity } from "./identity.ts";
import { publicKeyOf } from "./signing.ts";

const verifier = new StrictVerifier();
const alice = parseUserId("@alice:example.com") as UserId;
const NOW = 1_800_000_000_000;
const expiryMs = NOW + 1000;

const rng = new CountingRng();
const own = await newIdentity(alice, rng);
const device = deviceIdFromBytes(rng.bytes(16));
const signatureKey = await publicKeyOf(rng.bytes(32));
const certificate = await makeCertificate(own.secrets, own.identity, {
  device,
  signatureKey,
  expiryMs,
});

function check(change: Partial<Parameters<typeof checkCertificate>[0]>) {
  const usual = { bytes: certificate, signatureKey, pinnedMsk: own.identity.msk, nowMs: NOW };
  return checkCertificate({ ...usual, ...change }, verifier);
}

Deno.test("a certificate reads back and is good for its user, key and time", async () => {
  const { user, msk, ssk, sskSignature } = own.identity;
  const read = readCertificate(certificate);
  assert.ok(read);
  const { signature, ...said } = read;
  assert.equal(signature.length, 64);
  assert.deepEqual(said, { user, device, msk, ssk, sskSignature, signatureKey, expiryMs });
  assert.equal(await check({}), "good");
  assert.equal(await check({ pinnedMsk: undefined }), "good");
});

Deno.test("what a certificate is not good for is named", async () => {
  const stranger = await newIdentity(alice, rng);
  assert.equal(await check({ pinnedMsk: stranger.identity.msk }), "other_identity");
  assert.equal(await check({ signatureKey: own.identity.msk }), "wrong_signature_key");
  assert.equal(await check({ nowMs: expiryMs }), "expired");
  assert.equal(await check({ nowMs: NOW - limits.e2ee.maxCertificateMs }), "too_long_lived");
});

Deno.test("a server cannot certify a device: not with its own keys, not under the user's", async () => {
  const server = await newIdentity(alice, rng);
  const ghost = { device: deviceIdFromBytes(rng.bytes(16)), signatureKey, expiryMs };
  const borrowed = await makeCertificate(server.secrets, own.identity, ghost);
  assert.equal(await check({ bytes: borrowed }), "bad_device_signature");
  const mixed = { ...server.identity, msk: own.identity.msk };
  const forged = await makeCertificate(server.secrets, mixed, ghost);
  assert.equal(await check({ bytes: forged }), "bad_ssk_signature");
  const whole = await makeCertificate(server.secrets, server.identity, ghost);
  assert.equal(await check({ bytes: whole }), "other_identity");
});

Deno.test("keys of low order and non-canonical keys are refused", async () => {
  const at = (field: Uint8Array) => {
    const bytes = certificate.slice();
    const start = certificate.toHex().indexOf(field.toHex()) / 2;
    return (key: Uint8Array) => (bytes.set(key, start), bytes);
  };
  const identityPoint = new Uint8Array(32);
  identityPoint[0] = 1;
  const nonCanonical = new Uint8Array(32).fill(0xff);
  for (const weak of [new Uint8Array(32), identityPoint, nonCanonical]) {
    assert.equal(await check({ bytes: at(own.identity.ssk)(weak) }), "weak_key");
    const msk = at(own.identity.msk)(weak);
    assert.equal(await check({ bytes: msk, pinnedMsk: undefined }), "weak_key");
    const leaf = at(signatureKey)(weak);
    assert.equal(await check({ bytes: leaf, signatureKey: weak }), "weak_key");
  }
  await assert.rejects(
    makeCertificate(own.secrets, own.identity, {
      device,
      signatureKey: new Uint8Array(32),
      expiryMs,
    }),
    /no usable Ed25519 key/,
  );
});

Deno.test("no bit of a certificate can be changed, no byte added or left out", async () => {
  for (let bit = 0; bit < certificate.length * 8; bit += 3) {
    const bytes = certificate.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.notEqual(await check({ bytes }), "good", `bit ${bit}`);
  }
  assert.equal(readCertificate(certificate.subarray(0, -1)), undefined);
  assert.equal(readCertificate(Uint8Array.from([...certificate, 0])), undefined);
  assert.equal(readCertificate(Uint8Array.from([2, ...certificate.subarray(1)])), undefined);
  assert.equal(readCertificate(new Uint8Array(0)), undefined);
});

Deno.test("reading a certificate never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
    assert.equal(readCertificate(bytes), undefined);
    assert.equal(readCertificate(Uint8Array.from([1, 18, ...bytes])), undefined);
  }));
});
