import assert from "node:assert/strict";
import { keyPairOf, userId } from "../../tests/harness/events.ts";
import { encodePublicKey } from "../keys/key_entry.ts";
import { identityBytes, verifyIdentity } from "./identity.ts";
import { encodeSignature } from "./sign.ts";
import { StrictVerifier } from "./verify.ts";

Deno.test("an identity is proven by its own key, for its own user alone", async () => {
  const verifier = new StrictVerifier();
  const alice = userId("@alice:example.com");
  const pair = keyPairOf(new Uint8Array(32).fill(7));
  const key = encodePublicKey(pair.publicKey);
  const proof = encodeSignature(pair.sign(identityBytes(alice, key)));
  assert.ok(await verifyIdentity({ user: alice, identity: { key, proof } }, verifier));
  const bob = userId("@bob:example.com");
  assert.ok(!await verifyIdentity({ user: bob, identity: { key, proof } }, verifier));
  const other = encodePublicKey(keyPairOf(new Uint8Array(32).fill(8)).publicKey);
  assert.ok(!await verifyIdentity({ user: alice, identity: { key: other, proof } }, verifier));
  assert.ok(!await verifyIdentity({ user: alice, identity: { key: "x", proof } }, verifier));
});
