import assert from "node:assert/strict";
import { findLeftovers } from "./leftovers.ts";

Deno.test("each kind of leftover is found, with its line", () => {
  for (
    const text of [
      "// TODO: later",
      "// FIXME this",
      "Deno.test.only('a', f);",
      "Deno.test.ignore('a', f);",
      "Deno.test({ name: 'a', ignore: true, fn });",
      "// @ts-ignore because",
      "// @ts-nocheck",
      "const a = b as any;",
      "// deno-lint-ignore-file",
      "// deno-lint-ignore no-explicit-any",
      // Put together here, so that the rule does not find its own test.
      ...[["", "work", "main"], ["", "root"], ["", "tmp", "abc"]].map((path) =>
        `const folder = "${path.join("/")}/x";`
      ),
      `fetch("https://${["registry", "npmjs", "org"].join(".")}/x");`,
    ]
  ) {
    const found = findLeftovers("core/a.ts", `const one = 1;\n${text}\n`);
    assert.equal(found.length, 1, text);
    assert.match(found[0] ?? "", /^core\/a\.ts:2: /);
  }
});

Deno.test("what only looks like a leftover is none", () => {
  for (
    const text of [
      "// deno-lint-ignore no-explicit-any -- the library's own type",
      'const path = "/client/v1/rooms";',
      "const url = `${base}/root/x`;",
      "items.filter(only);",
    ]
  ) {
    assert.deepEqual(findLeftovers("core/a.ts", text), [], text);
  }
});

Deno.test("notes and machine words are found in documents, code rules are not asked there", () => {
  assert.equal(findLeftovers("docs/A.md", "TODO\n/root/x\nas any\n").length, 2);
});

Deno.test("a file of 601 lines is too long, one of 600 is not", () => {
  assert.deepEqual(findLeftovers("core/a.ts", "a;\n".repeat(600)), []);
  assert.deepEqual(findLeftovers("core/a.ts", "a;\n".repeat(601)), [
    "core/a.ts: 601 lines; 600 is the bound",
  ]);
});
