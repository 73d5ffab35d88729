import assert from "node:assert/strict";
import { isTest, listSources, planSuites } from "./suites.ts";

const root = new URL("../..", import.meta.url).pathname;

Deno.test("every test file of the project is in exactly one suite", () => {
  const tests = listSources(root).filter(isTest);
  const planned = planSuites(tests).flatMap((suite) => suite.files).sort();
  assert.ok(tests.includes("scripts/lib/suites_test.ts"));
  assert.deepEqual(planned, tests);
});

Deno.test("pure parts come first, the browser last, what measures memory runs alone", () => {
  const suites = planSuites([
    "server/a_test.ts",
    "tests/e2e/b_test.ts",
    "core/c_test.ts",
    "tests/contract/d_test.ts",
    "tests/hostile_media_test.ts",
    "ui/e_test.tsx",
    "core/not_a_test_file.ts",
  ]);
  assert.deepEqual(suites.map((suite) => [suite.name, suite.files, suite.jobs]), [
    ["core", ["core/c_test.ts"], 2],
    ["server and pages", ["server/a_test.ts", "ui/e_test.tsx"], 2],
    ["memory", ["tests/hostile_media_test.ts"], 1],
    ["whole servers", ["tests/contract/d_test.ts"], 2],
    ["browser", ["tests/e2e/b_test.ts"], 1],
  ]);
});
