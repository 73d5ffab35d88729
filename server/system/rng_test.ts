import assert from "node:assert/strict";
import { systemRng } from "./rng.ts";

Deno.test("random bytes have the length asked for and never come twice", () => {
  const seen = new Set<string>();
  for (let round = 0; round < 2000; round++) {
    for (const length of [16, 63, 64, 65]) {
      const bytes = systemRng.bytes(length);
      assert.equal(bytes.length, length);
      seen.add(bytes.subarray(0, 16).toHex());
    }
  }
  assert.equal(seen.size, 8000);
  assert.equal(systemRng.bytes(0).length, 0);
  assert.equal(systemRng.bytes(200_000).length, 200_000);
});

Deno.test("random bytes that were given out belong to the caller alone", () => {
  const first = systemRng.bytes(32);
  const copy = first.slice();
  systemRng.bytes(32).fill(0);
  for (let round = 0; round < 500; round++) systemRng.bytes(32);
  assert.deepEqual(first, copy);
});
