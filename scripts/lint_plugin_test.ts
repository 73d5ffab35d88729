import assert from "node:assert/strict";
import plugin from "./lint_plugin.ts";

function rulesBroken(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map((diagnostic) => diagnostic.id);
}

Deno.test("ambient time and randomness are found however they are written", () => {
  for (
    const source of [
      "Date.now();",
      "new Date();",
      "Date();",
      "performance.now();",
      "Math.random();",
      "crypto.getRandomValues(new Uint8Array(1));",
      "crypto.randomUUID();",
      "setTimeout(() => {}, 1);",
      "globalThis.setInterval(() => {}, 1);",
      'import { randomBytes } from "node:crypto";',
      'import { setTimeout as later } from "node:timers/promises";',
    ]
  ) {
    assert.deepEqual(rulesBroken("core/a.ts", source), ["openguild/no-ambient"], source);
  }
});

Deno.test("a time that is passed in is no ambient time", () => {
  assert.deepEqual(rulesBroken("server/a.ts", "new Date(0); clock.now(); rng.bytes(3);"), []);
});

Deno.test("adapters, tests and browser code may look at the clock", () => {
  for (
    const path of [
      "server/system/clock.ts",
      "server/x_test.ts",
      "tests/harness/a.ts",
      "ui/islands/a.tsx",
    ]
  ) {
    assert.deepEqual(rulesBroken(path, "Date.now();"), [], path);
  }
});

Deno.test("a function of 71 lines is found, one of 70 is not", () => {
  const body = (lines: number) => `export function f() {\n${"  f();\n".repeat(lines - 2)}}\n`;
  assert.deepEqual(rulesBroken("server/a.ts", body(70)), []);
  assert.deepEqual(rulesBroken("server/a.ts", body(71)), ["openguild/function-length"]);
});

Deno.test("a barrel is found, a file with something of its own is none", () => {
  const barrel = 'export * from "./a.ts";\nexport { b } from "./b.ts";\n';
  assert.deepEqual(rulesBroken("core/index.ts", barrel), ["openguild/no-barrel"]);
  assert.deepEqual(rulesBroken("core/c.ts", `${barrel}export const c = 1;\n`), []);
});
