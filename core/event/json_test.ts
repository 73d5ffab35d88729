import assert from "node:assert/strict";
import fc from "fast-check";
import { casesOf } from "../../tests/harness/cases.ts";
import { readNaively } from "../../tests/vectors/naive_json.ts";
import type { JsonValue } from "./json.ts";
import { parseJson, parseJsonText } from "./json_parse.ts";
import {
  canonicalFault,
  isCanonicalValue,
  measureCanonical,
  writeCanonical,
  writeCanonicalBytes,
} from "./json_write.ts";

const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text);

const key = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 12,
})
  .filter((name) => name !== "__proto__");
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
  fc.maxSafeInteger(),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
);
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ any: JsonValue }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie("any"), { maxLength: 5 }),
    fc.dictionary(key, tie("any"), { maxKeys: 6, noNullPrototype: true }),
  ) as fc.Arbitrary<JsonValue>,
})).any.map((made) => Object.is(made, -0) ? 0 : made);

Deno.test("canonical text is read back as itself, has no space, and does not depend on key order", () => {
  fc.assert(
    fc.property(value, (made) => {
      assert.ok(isCanonicalValue(made));
      const text = writeCanonical(made);
      const read = parseJsonText(text);
      assert.ok(read.ok, read.ok ? "" : read.fault.message);
      assert.equal(writeCanonical(read.value), text);
      const { mostBytes } = measureCanonical(made);
      assert.ok(bytesOf(text).length <= mostBytes, text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(made)));
      assert.equal(writeCanonical(reversed(made)), text);
    }),
    { numRuns: casesOf("G10_CASES", 3000) },
  );
});

function reversed(made: JsonValue): JsonValue {
  if (typeof made !== "object" || made === null) return made;
  if (Array.isArray(made)) return made.map(reversed);
  const entries = Object.entries(made).reverse();
  return Object.fromEntries(entries.map(([name, member]) => [name, reversed(member)]));
}

/** JSON-like text with something wrong or unusual in it, most of the time. */
const mutated = fc.tuple(
  value,
  fc.array(
    fc.tuple(
      fc.nat(),
      fc.constantFrom(
        ...'{}[],:"\\ \t\n0123456789-+.eE'.split(""),
        "\\u0000",
        "\\ud800",
        "\\u0041",
        "-0",
        "1.0",
        "1e2",
        "9007199254740993",
        "null",
        "tru",
        "é",
        "\u0000",
        "\ufeff",
        '"a":1,',
        '"__proto__":1,',
        "[[[[[[[[[[[[[[[[[",
        "//",
        "00",
      ),
    ),
    { maxLength: 3 },
  ),
  fc.boolean(),
).map(([made, edits, pretty]) => {
  let text = JSON.stringify(made, null, pretty ? 1 : undefined);
  for (const [place, piece] of edits) {
    const at = place % (text.length + 1);
    text = text.slice(0, at) + piece + text.slice(at + (place % 3));
  }
  return text;
});

type Verdict = { accepted: string } | { refused: true };
const ours = (bytes: Uint8Array): Verdict => {
  const result = parseJson(bytes);
  return result.ok ? { accepted: writeCanonical(result.value) } : { refused: true };
};
const naive = (bytes: Uint8Array): Verdict => {
  const result = readNaively(bytes);
  return "value" in result ? { accepted: writeCanonical(result.value) } : { refused: true };
};

Deno.test("damaged texts get the answer of a second reader; a lax one is caught (G10)", () => {
  let accepted = 0;
  let refused = 0;
  let laxDiffers = 0;
  fc.assert(
    fc.property(mutated, (text) => {
      const bytes = bytesOf(text);
      const answer = ours(bytes);
      assert.deepEqual(answer, naive(bytes));
      if ("accepted" in answer) accepted++;
      else {
        refused++;
        try {
          JSON.parse(text);
          laxDiffers++;
        } catch {
          // Both refuse it.
        }
      }
    }),
    { numRuns: casesOf("G10_CASES", 10_000) },
  );
  assert.ok(accepted > 1000 && refused > 1000, `${accepted} accepted, ${refused} refused`);
  assert.ok(laxDiffers > 20, `only ${laxDiffers} texts tell a lax reader apart`);
});

const FAULTS: readonly (readonly [string, string])[] = [
  ["", "syntax"],
  ["\ufeff{}", "syntax"],
  ["{} {}", "syntax"],
  ["[1,]", "syntax"],
  ['{"a":1,}', "syntax"],
  ["{a:1}", "syntax"],
  ["[1 2]", "syntax"],
  ["nul", "syntax"],
  ["-", "syntax"],
  ["01", "number"],
  ["-0", "number"],
  ["1.0", "number"],
  ["1e2", "number"],
  ["9007199254740992", "number"],
  ["-9007199254740992", "number"],
  ["123456789012345678901234567890", "number"],
  ['"\u0001"', "string"],
  ['"abc', "string"],
  ['"\\x"', "string"],
  ['"\\u12g4"', "string"],
  ['"\\ud800"', "lone_surrogate"],
  ['"\\udc00\\ud800"', "lone_surrogate"],
  ['{"":1}', "key"],
  ['{"é":1}', "key"],
  ['{"a\\u0000":1}', "key"],
  ['{"__proto__":1}', "key"],
  [`{"${"k".repeat(256)}":1}`, "key"],
  ['{"a":1,"\\u0061":2}', "duplicate_key"],
  ["[".repeat(17) + "]".repeat(17), "too_deep"],
  [`[${"1,".repeat(4095)}1]`, "too_many_nodes"],
];

Deno.test("each fault of a text has its name and its place", () => {
  for (const [text, code] of FAULTS) {
    const result = parseJson(bytesOf(text));
    assert.ok(!result.ok, text.slice(0, 40));
    assert.equal(result.fault.code, code, `${text.slice(0, 40)}: ${result.fault.message}`);
  }
  const placed = parseJson(bytesOf('{"a": [1, 2.5]}'));
  assert.ok(!placed.ok && placed.fault.offset === 10);
  for (const bytes of [[0xff], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]]) {
    const result = parseJson(Uint8Array.from(bytes));
    assert.ok(!result.ok && result.fault.code === "not_utf8");
  }
  const long = parseJson(bytesOf('"abc"'), { maxBytes: 4 });
  assert.ok(!long.ok && long.fault.code === "too_large");
});

Deno.test("bounds are met exactly, and objects have no prototype", () => {
  const deep = "[".repeat(16) + "]".repeat(16);
  assert.ok(parseJson(bytesOf(deep)).ok);
  assert.ok(parseJson(bytesOf(`[${"1,".repeat(4094)}1]`)).ok);
  assert.ok(parseJson(bytesOf(`{"${"k".repeat(255)}":1}`)).ok);
  assert.ok(parseJson(bytesOf(" \t\r\n9007199254740991 ")).ok);
  const result = parseJson(bytesOf('{"constructor":1,"toString":2}'));
  assert.ok(result.ok);
  assert.equal(Object.getPrototypeOf(result.value), null);
  assert.deepEqual(Object.keys(result.value as object), ["constructor", "toString"]);
});

Deno.test("values built in memory: what the reader would refuse is named with its path", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ a: [1, { b: 1.5 }] }, "a[1].b"],
    [{ a: -0 }, "a"],
    [{ a: Number.NaN }, "a"],
    [{ a: undefined }, "a"],
    [{ a: 1n }, "a"],
    [{ a: "\ud800" }, "a"],
    [{ "é": 1 }, ""],
    [new Date(0), ""],
    [new Map(), ""],
    [() => 1, ""],
  ];
  for (const [made, path] of cases) assert.equal(canonicalFault(made)?.path, path);
  let deep: unknown = 1;
  for (let level = 0; level < 16; level++) deep = [deep];
  assert.ok(isCanonicalValue(deep));
  assert.ok(!isCanonicalValue([deep]));
  assert.ok(!isCanonicalValue(new Array(4096).fill(0)));
  assert.ok(isCanonicalValue(new Array(4095).fill(0)));
});

Deno.test("keys that look like numbers are sorted as text", () => {
  assert.equal(writeCanonical({ 10: 1, 9: 2, b: 3, a: 4 }), '{"10":1,"9":2,"a":4,"b":3}');
  assert.deepEqual(writeCanonicalBytes({ b: "é", a: [] }), bytesOf('{"a":[],"b":"é"}'));
});
