import assert from "node:assert/strict";
import { type Blake3, nobleBlake3 } from "../../core/event/hash.ts";
import { createBlake3 } from "../../server/system/blake3.ts";
import { readVectors, vectorTest } from "../harness/vectors.ts";

interface Vectors {
  readonly cases: readonly { input_len: number; hash: string }[];
}

function wrong(hash: Blake3, cases: Vectors["cases"]): number[] {
  return cases.filter(({ input_len: length, hash: expected }) => {
    const input = Uint8Array.from({ length }, (_, at) => at % 251);
    return hash(input).toHex() !== expected.slice(0, 64);
  }).map((vector) => vector.input_len);
}

vectorTest(
  "BLAKE3: the default of core and the server's own pass all official cases",
  async (folder) => {
    const { cases } = await readVectors<Vectors>(folder, "blake3/test_vectors.json");
    assert.equal(cases.length, 35);
    assert.deepEqual(wrong(nobleBlake3, cases), []);
    assert.deepEqual(wrong(await createBlake3(), cases), []);
    const shortened: Blake3 = (bytes) => nobleBlake3(bytes.subarray(0, 1024));
    assert.ok(wrong(shortened, cases).length > 0);
  },
);
