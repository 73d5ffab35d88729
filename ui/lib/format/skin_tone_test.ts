import assert from "node:assert/strict";
import { toneOf, TONES } from "./skin_tone.ts";

Deno.test("a tone stands behind the first sign, whatever follows it", () => {
  assert.equal(toneOf("👋", 3), "👋🏽");
  assert.equal(toneOf("☝️", 5), "☝🏿");
  assert.equal(toneOf("👩‍🚀", 1), "👩🏻‍🚀");
  assert.equal(toneOf("👋", 0), "👋");
  assert.equal(toneOf("", 2), "");
  assert.equal(TONES.length, 5);
});
