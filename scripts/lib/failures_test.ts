import assert from "node:assert/strict";
import { lastLines, readFailures } from "./failures.ts";

/** Runs tests that fail, and answers what the end of the run would say of them. */
async function runFailing(source: string) {
  const folder = await Deno.makeTempDir({ prefix: "openguild-failing-" });
  try {
    await Deno.writeTextFile(`${folder}/bad_test.ts`, source);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-check", "--no-config", "bad_test.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    return readFailures(new TextDecoder().decode(stdout), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("names each failing step and test with what its error says and its place", async () => {
  const failures = await runFailing(`
Deno.test("good", () => {});
Deno.test("outer", async (t) => {
  await t.step("inner", () => {
    throw new Error("Timeout 20000ms exceeded.\\nwaiting for a button");
  });
});
Deno.test("throws a text", () => { throw "text"; });
`);
  assert.deepEqual(failures, [
    {
      test: "outer ... inner => ./bad_test.ts:4:11",
      error: "error: Error: Timeout 20000ms exceeded. (bad_test.ts:5)\n      waiting for a button",
    },
    { test: "throws a text => ./bad_test.ts:8:6", error: 'error: "text"' },
  ]);
});

Deno.test("names the module of an error that no test caught", async () => {
  const failures = await runFailing(`
Deno.test("late", async () => {
  setTimeout(() => { throw new Error("nobody waits"); }, 1);
  await new Promise((resolve) => setTimeout(resolve, 5000));
});
`);
  assert.deepEqual(failures, [
    {
      test: "./bad_test.ts (uncaught error)",
      error: "error: Error: nobody waits (bad_test.ts:3)",
    },
  ]);
});

Deno.test("a run that passed or died names nothing; its last lines tell", () => {
  assert.deepEqual(readFailures("running 1 test\n\nok | 1 passed | 0 failed (1ms)\n", "/x"), []);
  assert.deepEqual(readFailures("running 1 test from ./a_test.ts\nKilled\n", "/x"), []);
  assert.equal(lastLines("one\ntwo\nthree\n", 2), "two\nthree");
});
