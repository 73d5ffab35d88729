import assert from "node:assert/strict";
import type { JsonValue } from "../../core/event/json.ts";
import { parseJson } from "../../core/event/json_parse.ts";
import { writeCanonical, writeCanonicalBytes } from "../../core/event/json_write.ts";
import { readFolder, readVectors, vectorTest } from "../harness/vectors.ts";
import { readNaively } from "./naive_json.ts";

/** What a reader under test answers: a value, or whether syntax or the og-jcs profile refused it. */
type Answer = { value: JsonValue } | { refused: "syntax" | "profile" };
type Reader = (bytes: Uint8Array) => Answer;

const PROFILE_CODES: ReadonlySet<string> = new Set([
  "number",
  "lone_surrogate",
  "key",
  "duplicate_key",
  "too_deep",
  "too_many_nodes",
]);

const ours: Reader = (bytes) => {
  const result = parseJson(bytes);
  if (result.ok) return { value: result.value };
  return { refused: PROFILE_CODES.has(result.fault.code) ? "profile" : "syntax" };
};

/** The positive control: what `req.json()` would do. */
const lax: Reader = (bytes) => {
  try {
    return { value: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return { refused: "syntax" };
  }
};

/**
 * Rules of the JSONTestSuite under og-jcs: n_ is refused; y_ is read as JSON.parse reads it, or
 * refused by the profile alone; and every file gets the answer of the second reader.
 */
function faultsOf(read: Reader, files: readonly { name: string; bytes: Uint8Array }[]): string[] {
  const faults: string[] = [];
  for (const { name, bytes } of files) {
    const answer = read(bytes);
    const accepted = "value" in answer;
    const reference = readNaively(bytes);
    if (name.startsWith("n_") && accepted) faults.push(`${name}: accepted`);
    if (name.startsWith("y_") && !accepted && answer.refused === "syntax") {
      faults.push(`${name}: refused as bad syntax`);
    }
    if (accepted !== ("value" in reference)) {
      faults.push(`${name}: ${accepted ? "accepted" : "refused"}, unlike the second reader`);
    }
    if (accepted && "value" in reference) {
      const text = new TextDecoder().decode(bytes);
      if (writeCanonical(answer.value) !== writeCanonical(JSON.parse(text))) {
        faults.push(`${name}: read as another value`);
      }
    }
  }
  return faults;
}

vectorTest(
  "JSONTestSuite: all files answer as og-jcs demands, and a lax reader is caught",
  (folder) => {
    const files = readFolder(folder, "json/test_parsing");
    assert.equal(files.length, 318);
    assert.equal(files.filter((file) => file.name.startsWith("n_")).length, 188);
    assert.deepEqual(faultsOf(ours, files), []);
    const accepted = files.filter((file) =>
      file.name.startsWith("y_") && "value" in ours(file.bytes)
    );
    assert.ok(accepted.length >= 50, `only ${accepted.length} of the y_ files are read`);
    assert.ok(faultsOf(lax, files).length > 10);
  },
);

vectorTest("JCS: what og-jcs allows is written as RFC 8785 says", (folder) => {
  const inputs = readFolder(folder, "jcs/input");
  const outputs = readFolder(folder, "jcs/output");
  assert.equal(inputs.length, 6);
  const read: string[] = [];
  inputs.forEach((input, at) => {
    const output = outputs[at]?.bytes as Uint8Array;
    const expected = new TextDecoder().decode(output).trimEnd();
    // The writer alone, on values that may be outside the profile.
    assert.equal(writeCanonical(JSON.parse(new TextDecoder().decode(input.bytes))), expected);
    const answer = ours(input.bytes);
    if ("value" in answer) {
      read.push(input.name);
      assert.deepEqual(new TextDecoder().decode(writeCanonicalBytes(answer.value)), expected);
    } else assert.equal(answer.refused, "profile", input.name);
  });
  // The others hold fractions, or keys outside ASCII.
  assert.deepEqual(read, ["arrays.json", "unicode.json"]);
});

vectorTest("naughty strings survive a round trip as values", async (folder) => {
  const strings = await readVectors<string[]>(folder, "strings/blns.json");
  assert.ok(strings.length > 400);
  for (const text of strings) {
    const bytes = writeCanonicalBytes({ text, list: [text] });
    const result = parseJson(bytes);
    assert.ok(result.ok, JSON.stringify(text));
    assert.deepEqual(writeCanonicalBytes(result.value), bytes);
    assert.equal((result.value as { text: string }).text, text);
  }
});
