import assert from "node:assert/strict";
import fc from "fast-check";
import { formatRecoveryKey, parseRecoveryKey } from "./recovery_key.ts";

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

function parsed(text: string): Uint8Array {
  const result = parseRecoveryKey(text);
  assert.ok(result.ok, result.ok ? "" : result.message);
  return result.key;
}

function fault(text: string): [string, number | undefined] {
  const result = parseRecoveryKey(text);
  assert.ok(!result.ok);
  return [result.reason, result.group];
}

Deno.test("every key has one text of 12 groups of 4, and reads back", () => {
  fc.assert(fc.property(key32, (key) => {
    const text = formatRecoveryKey(key);
    assert.match(text, /^[1-9A-HJ-NP-Za-km-z]{4}( [1-9A-HJ-NP-Za-km-z]{4}){11}$/);
    assert.deepEqual(parsed(text), key);
  }));
  assert.throws(() => formatRecoveryKey(new Uint8Array(31)), RangeError);
});

Deno.test("the form of a key never changes: these were written down once", () => {
  const known: [Uint8Array, string][] = [
    [new Uint8Array(32), "1111 1111 1111 1111 1111 1111 1111 1111 1111 1111 1111 Awuf"],
    [new Uint8Array(32).fill(0xff), "SYXs AycD PUu4 z2Zk sJD5 fh5n TDcH 3vCF Hnpc Vye5 XuDp MogD"],
    [
      Uint8Array.from({ length: 32 }, (_, at) => at),
      "112K eSVQ BwS9 AjRA 976m nJou SAoQ uS5b kWud T367 GBEH QaVf",
    ],
  ];
  for (const [key, text] of known) {
    assert.equal(formatRecoveryKey(key), text);
    assert.deepEqual(parsed(text), key);
  }
});

Deno.test("blanks, dashes and line ends may stand anywhere, or nowhere", () => {
  const key = new Uint8Array(32).fill(9);
  const text = formatRecoveryKey(key);
  const variants = [
    text.replaceAll(" ", ""),
    text.replaceAll(" ", "-"),
    text.replaceAll(" ", " – "),
    `\n  ${text.replaceAll(" ", "\n")}\t`,
    [...text.replaceAll(" ", "")].join(" "),
  ];
  for (const variant of variants) assert.deepEqual(parsed(variant), key, variant);
});

Deno.test("letters that exist in one case only may be typed in the other", () => {
  fc.assert(fc.property(key32, (key) => {
    const text = formatRecoveryKey(key);
    const other = text.replaceAll("o", "O").replaceAll("i", "I").replaceAll("L", "l");
    assert.deepEqual(parsed(other), key);
  }));
  // Case carries meaning elsewhere: it is not guessed.
  const text = formatRecoveryKey(new Uint8Array(32).fill(9));
  assert.equal(parseRecoveryKey(text.toLowerCase()).ok, false);
});

Deno.test("one wrong character is found, and its group is named", () => {
  const arbitrary = fc.tuple(
    key32,
    fc.integer({ min: 0, max: 47 }),
    fc.integer({ min: 1, max: 57 }),
  );
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  fc.assert(
    fc.property(arbitrary, ([key, at, step]) => {
      const chars = [...formatRecoveryKey(key).replaceAll(" ", "")];
      const digit = alphabet.indexOf(chars[at] as string);
      chars[at] = alphabet[(digit + step) % 58] as string;
      assert.deepEqual(fault(chars.join("")), ["checksum", Math.floor(at / 4) + 1]);
    }),
    { numRuns: 10, seed: 5 },
  );
});

Deno.test("two neighbors that changed places are found", () => {
  const chars = [
    ...formatRecoveryKey(Uint8Array.from({ length: 32 }, (_, at) => at * 7))
      .replaceAll(" ", ""),
  ];
  const at = chars.findIndex((char, index) => index > 20 && char !== chars[index + 1]);
  [chars[at], chars[at + 1]] = [chars[at + 1] as string, chars[at] as string];
  assert.deepEqual(fault(chars.join("")), ["checksum", Math.floor(at / 4) + 1]);
});

Deno.test("other slips say what is wrong", () => {
  const text = formatRecoveryKey(new Uint8Array(32).fill(9));
  const groups = text.split(" ");
  const change = (group: number, word: string) => groups.with(group - 1, word).join(" ");
  assert.deepEqual(fault(""), ["empty", undefined]);
  assert.deepEqual(fault(" - "), ["empty", undefined]);
  assert.deepEqual(fault(change(3, "ab0d")), ["character", 3]);
  assert.deepEqual(fault(change(12, "äbcd")), ["character", 12]);
  assert.deepEqual(fault(text.replaceAll(" ", "").slice(0, 10) + "0"), ["character", 3]);
  assert.deepEqual(fault(change(5, "abc")), ["length", 5]);
  assert.deepEqual(fault(change(5, "abcde")), ["length", 5]);
  assert.deepEqual(fault(groups.slice(1).join(" ")), ["length", undefined]);
  assert.deepEqual(fault(`${text} ${text}`), ["length", undefined]);
  assert.deepEqual(fault("x".repeat(100_000)), ["length", undefined]);
  assert.deepEqual(fault("z".repeat(48)), ["checksum", undefined]);
  assert.deepEqual(fault(change(1, "zzzz").replace(groups[7] as string, "1111")), [
    "checksum",
    undefined,
  ]);
});

Deno.test("whatever is typed, reading it never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
    assert.equal(parseRecoveryKey(text).ok, false);
  }));
});
