import assert from "node:assert/strict";
import { StrictVerifier } from "../../core/event/verify.ts";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { SignatureThread } from "../../server/system/signature_thread.ts";
import { readVectors, vectorTest } from "../harness/vectors.ts";

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

vectorTest("Ed25519: all of Wycheproof through the one verify function", async (folder) => {
  const { testGroups } = await readVectors<Wycheproof>(folder, "ed25519/wycheproof.json");
  const checks = testGroups.flatMap(({ publicKey, tests }) =>
    tests.map(({ tcId, msg, sig, result }) => ({
      tcId,
      valid: result === "valid",
      key: Uint8Array.fromHex(publicKey.pk),
      signature: Uint8Array.fromHex(sig),
      message: Uint8Array.fromHex(msg),
    }))
  );
  assert.equal(checks.length, 151);
  using thread = new SignatureThread({ clock: systemClock, log: silentLog });
  for (const verifier of [new StrictVerifier(), new StrictVerifier({ equation: thread })]) {
    const answers = await Promise.all(checks.map((check) => verifier.verify(check)));
    const wrong = checks.filter(({ valid }, at) => answers[at] !== valid);
    assert.deepEqual(wrong.map(({ tcId }) => tcId), []);
  }
});
