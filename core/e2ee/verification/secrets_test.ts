import assert from "node:assert/strict";
import type { DeviceId } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { CountingRng } from "../../../tests/harness/parts.ts";
import { newAgreementKey } from "../agreement.ts";
import { SAS_EMOJI } from "./emoji.ts";
import { sharedSecrets, type Transcript } from "./secrets.ts";

Deno.test("64 emoji, each picture and each word once", () => {
  assert.equal(SAS_EMOJI.length, 64);
  assert.equal(new Set(SAS_EMOJI.map(({ emoji }) => emoji)).size, 64);
  assert.equal(new Set(SAS_EMOJI.map(({ name }) => name)).size, 64);
  assert.deepEqual(SAS_EMOJI[0], { emoji: "🐶", name: "Dog" });
  assert.deepEqual(SAS_EMOJI[63], { emoji: "📌", name: "Pin" });
});

Deno.test("the agreement is that of RFC 7748, 6.1", async () => {
  const secret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
  const bob = await newAgreementKey({ bytes: () => Uint8Array.fromHex(secret) });
  assert.equal(
    bob.publicKey.toHex(),
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  );
  const alice = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
  const agreed = await bob.agree(Uint8Array.fromHex(alice));
  assert.equal(
    agreed?.toHex(),
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
  );
  assert.equal(await bob.agree(new Uint8Array(31)), undefined);
});

Deno.test("every part of the transcript changes what is compared and proven", () => {
  const rng = new CountingRng();
  const party = (name: string) => ({
    user: `@${name}:example.com` as UserId,
    device: name as DeviceId,
    msk: rng.bytes(32),
    signatureKey: rng.bytes(32),
    wants: false,
  });
  const transcript: Transcript = {
    method: "sas",
    id: rng.bytes(16),
    first: party("alice"),
    second: party("bob"),
    commitment: rng.bytes(32),
    firstKey: rng.bytes(32),
    secondKey: rng.bytes(32),
  };
  const agreed = rng.bytes(32);
  const { first, second } = transcript;
  const variants: Transcript[] = [
    { ...transcript, method: "qr" },
    { ...transcript, id: rng.bytes(16) },
    { ...transcript, first: second, second: first },
    { ...transcript, first: { ...first, user: "@eve:example.com" as UserId } },
    { ...transcript, first: { ...first, device: "eve" as DeviceId } },
    { ...transcript, second: { ...second, msk: rng.bytes(32) } },
    { ...transcript, second: { ...second, signatureKey: rng.bytes(32) } },
    { ...transcript, second: { ...second, wants: true } },
    { ...transcript, commitment: rng.bytes(32) },
    { ...transcript, firstKey: rng.bytes(32) },
    { ...transcript, secondKey: rng.bytes(32) },
  ];
  const secrets = sharedSecrets(agreed, transcript);
  const sealed = secrets.seal(Uint8Array.of(1, 2, 3), rng);
  assert.deepEqual(secrets.open(sealed), Uint8Array.of(1, 2, 3));
  const others = [...variants.map((variant) => sharedSecrets(agreed, variant))];
  for (const other of [...others, sharedSecrets(rng.bytes(32), transcript)]) {
    assert.notDeepEqual(other.emoji, secrets.emoji);
    assert.notDeepEqual(other.decimals, secrets.decimals);
    assert.equal(other.proves("first", secrets.proofOf("first")), false);
    assert.equal(other.open(sealed), undefined);
  }
  assert.equal(secrets.proves("first", secrets.proofOf("first")), true);
  assert.equal(secrets.proves("second", secrets.proofOf("first")), false);
  assert.equal(secrets.open(new Uint8Array(5)), undefined);
});
