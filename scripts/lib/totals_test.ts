import assert from "node:assert/strict";
import { addTotals, readTotals } from "./totals.ts";

Deno.test("reads the closing line of a run that passed", () => {
  const output = "running 1 test from ./a_test.ts\n\nok | 12 passed (3 steps) | 0 failed (2ms)\n\n";
  assert.deepEqual(readTotals(output, true), { passed: 12, failed: 0, skipped: 0 });
});

Deno.test("reads failures and ignored tests", () => {
  const output = "\nFAILED | 2 passed | 1 failed (1 step) | 4 ignored | 3 filtered out (1s)\n";
  assert.deepEqual(readTotals(output, false), { passed: 2, failed: 1, skipped: 4 });
});

Deno.test("takes the last closing line: a test may print one of its own", () => {
  const output = "ok | 99 passed | 0 failed (1s)\nok | 1 passed | 0 failed (1s)\n";
  assert.equal(readTotals(output, true).passed, 1);
});

Deno.test("a run that died without a closing line counts as one failure", () => {
  assert.deepEqual(readTotals("error: Module not found", false), {
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});

Deno.test("a run that counted no failure but did not succeed counts as one", () => {
  assert.equal(readTotals("ok | 5 passed | 0 failed (1s)", false).failed, 1);
});

Deno.test("totals add up", () => {
  assert.deepEqual(
    addTotals({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }),
    { passed: 11, failed: 22, skipped: 33 },
  );
});
