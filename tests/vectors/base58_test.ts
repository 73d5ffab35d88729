import assert from "node:assert/strict";
import {
  decodeBase58To16,
  decodeBase58To32,
  encodeBase58Of16,
  encodeBase58Of32,
} from "../../core/ids/base58.ts";
import { readVectors, vectorTest } from "../harness/vectors.ts";

interface BaseX {
  readonly valid: readonly { alphabet: string; hex: string; string: string }[];
  readonly invalid: readonly { alphabet: string; string: unknown }[];
}

const CODECS = [
  { size: 16, encode: encodeBase58Of16, decode: decodeBase58To16 },
  { size: 32, encode: encodeBase58Of32, decode: decodeBase58To32 },
];

vectorTest("base58: all vectors, set behind leading zero bytes to an id's size", async (folder) => {
  const { valid, invalid } = await readVectors<BaseX>(folder, "base58/base-x.json");
  let used = 0;
  for (const { size, encode, decode } of CODECS) {
    for (const vector of valid.filter(({ alphabet }) => alphabet === "base58")) {
      const bytes = Uint8Array.fromHex(vector.hex);
      if (bytes.length > size) {
        assert.equal(decode(vector.string), undefined);
        continue;
      }
      const padded = new Uint8Array(size);
      padded.set(bytes, size - bytes.length);
      const text = "1".repeat(size - bytes.length) + vector.string;
      assert.equal(encode(padded), text);
      assert.deepEqual(decode(text), padded);
      assert.equal(decode(`1${text}`), undefined);
      if (text.startsWith("1")) assert.equal(decode(text.slice(1)), undefined);
      used++;
    }
    for (const { string } of invalid.filter(({ alphabet }) => alphabet === "base58")) {
      if (typeof string === "string") assert.equal(decode(string), undefined);
    }
  }
  assert.ok(used >= 40, `only ${used} vectors fit an id`);
});
