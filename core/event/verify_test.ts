import assert from "node:assert/strict";
import { hashes, verify as nobleVerify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { type EdgeCase, edgeCases, lowOrderEncodings } from "../../tests/vectors/ed25519_edges.ts";
import { keyPairOf } from "../../tests/harness/events.ts";
import { passesStrictBytes, type SignatureVerifier, StrictVerifier } from "./verify.ts";

async function wrongAnswers(verifier: SignatureVerifier, cases: readonly EdgeCase[]) {
  const answers = await Promise.all(cases.map((edge) => verifier.verify(edge)));
  return cases.filter((edge, at) => answers[at] !== edge.valid).map((edge) => edge.name);
}

Deno.test("ed25519-strict on the edges: small order, not canonical, S >= L, mixed order (G11)", async () => {
  const cases = edgeCases();
  assert.equal(new Set(lowOrderEncodings().map((bytes) => bytes.toHex())).size, 14);
  assert.equal(cases.length, 13 + 28 + 38);
  assert.deepEqual(await wrongAnswers(new StrictVerifier(), cases), []);
});

Deno.test("a lax verifier is caught by the same cases", async () => {
  hashes.sha512 = sha512;
  const lax: SignatureVerifier = {
    verify: ({ key, signature, message }) => {
      try {
        return Promise.resolve(nobleVerify(signature, message, key, { zip215: true }));
      } catch {
        return Promise.resolve(false);
      }
    },
  };
  const wrong = await wrongAnswers(lax, edgeCases());
  assert.ok(wrong.some((name) => name.startsWith("key of small order")), wrong.join("\n"));
  assert.ok(wrong.some((name) => name.startsWith("R of small order")));
  assert.ok(wrong.some((name) => name.startsWith("mixed-order R")));
});

Deno.test("many signatures in flight under more keys than are held; one changed bit each is seen", async () => {
  const verifier = new StrictVerifier({ maxKeys: 4 });
  const checks = Array.from({ length: 64 }, (_, at) => {
    const pair = keyPairOf(new Uint8Array(32).fill(at % 9 + 1));
    const message = new TextEncoder().encode(`message ${at}`);
    return { key: pair.publicKey, message, signature: pair.sign(message) };
  });
  const honest = await Promise.all(checks.map((check) => verifier.verify(check)));
  assert.deepEqual(honest, checks.map(() => true));
  const flipped = await Promise.all(checks.flatMap((check, at) => {
    const flip = (bytes: Uint8Array) => {
      const copy = bytes.slice();
      const place = at % copy.length;
      copy[place] = (copy[place] as number) ^ (1 << at % 8);
      return copy;
    };
    return [
      verifier.verify({ ...check, key: flip(check.key) }),
      verifier.verify({ ...check, message: flip(check.message) }),
      verifier.verify({ ...check, signature: flip(check.signature) }),
    ];
  }));
  assert.deepEqual(flipped.filter((answer) => answer), []);
});

Deno.test("the byte rules alone take an ordinary key and signature", () => {
  const pair = keyPairOf(new Uint8Array(32).fill(3));
  assert.ok(passesStrictBytes(pair.publicKey, pair.sign(new Uint8Array(3))));
  assert.ok(!passesStrictBytes(new Uint8Array(32), pair.sign(new Uint8Array(3))));
});
