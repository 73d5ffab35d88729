import assert from "node:assert/strict";
import fc from "fast-check";
import { INDEXED_WORDS_MAX, WORD_CHARS_MAX, wordsOf } from "./words.ts";

Deno.test("words: lower case, without accents, and without what stands between them", () => {
  assert.deepEqual(wordsOf("Élan vital -- foo_bar, it's **bold** 42!"), [
    "elan",
    "vital",
    "foo_bar",
    "it",
    "s",
    "bold",
    "42",
  ]);
  assert.deepEqual(wordsOf("Straße Ελλάδα Йод"), ["straße", "ελλαδα", "иод"]);
});

Deno.test("words: scripts without spaces and emoji are taken sign by sign", () => {
  assert.deepEqual(wordsOf("全文検索abc"), ["全", "文", "検", "索", "abc"]);
  assert.deepEqual(wordsOf("well 🎉done"), ["well", "🎉", "done"]);
  assert.deepEqual(wordsOf("हिन्दी"), ["हिन्दी"]);
});

Deno.test("words: of any text they are bounded, need no quoting and are words of themselves", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      for (const word of wordsOf(text)) {
        assert.match(word, /^[^\s'"\\#@+>\0]+$/u);
        assert.ok(word.length <= WORD_CHARS_MAX && word.isWellFormed());
      }
    }),
    { numRuns: 50 },
  );
  assert.equal(wordsOf("a ".repeat(INDEXED_WORDS_MAX + 9)).length, INDEXED_WORDS_MAX);
});

Deno.test("words: a text in between takes none away and joins none", () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
  fc.assert(fc.property(fc.array(word), fc.constantFrom(" ", ", ", "\n", " - "), (words, gap) => {
    assert.deepEqual(wordsOf(words.join(gap)), words);
  }));
});
