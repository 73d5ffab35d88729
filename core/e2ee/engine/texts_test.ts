import assert from "node:assert/strict";
import { folded, wordsOf } from "./texts.ts";

Deno.test("marks, cases and forms of letters are one to a search", () => {
  assert.equal(folded("Où est la CLÉ?"), "ou est la cle?");
  assert.equal(folded("ﬁle"), "file");
  assert.deepEqual(wordsOf("  Blue   POT\n"), ["blue", "pot"]);
});

Deno.test("a query is bounded, and without words it is none", () => {
  assert.deepEqual(wordsOf(" \t "), []);
  assert.equal(wordsOf("a b c d e f g h i j").length, 8);
  assert.ok(wordsOf("x".repeat(5000)).join("").length <= 200);
});
