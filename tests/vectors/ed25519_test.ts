import assert from "node:assert/strict";
import { StrictVerifier } from "../../core/event/verify.ts";
import { readVectors, vectorTest } from "../harness/vectors.ts";

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

vectorTest("Ed25519: all of Wycheproof through the one verify function", async (folder) => {
  const { testGroups } = await readVectors<Wycheproof>(folder, "ed25519/wycheproof.json");
  const verifier = new StrictVerifier();
  let count = 0;
  for (const { publicKey, tests } of testGroups) {
    for (const { tcId, msg, sig, result } of tests) {
      const answer = await verifier.verify({
        key: Uint8Array.fromHex(publicKey.pk),
        signature: Uint8Array.fromHex(sig),
        message: Uint8Array.fromHex(msg),
      });
      assert.equal(answer, result === "valid", `case ${tcId}`);
      count++;
    }
  }
  assert.equal(count, 151);
});
