/**
 * `deno task proof`: the tests that search for counter-examples, with many more cases than an
 * ordinary run takes. Says how long it took; a failure names its seed.
 */
const SUITES = [
  "core",
  "tests/vectors",
  "tests/state",
  "tests/sim",
  "tests/crash",
  "tests/hostile_media_test.ts",
];
const CASES = {
  OPENGUILD_TEST_G4_CASES: "1000",
  OPENGUILD_TEST_G5_CASES: "10000",
  OPENGUILD_TEST_G7_CASES: "5000",
  OPENGUILD_TEST_G24_CASES: "20000",
};

const begunMs = performance.now();
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "--allow-all", "--no-check", "--parallel", ...SUITES],
  cwd: new URL("..", import.meta.url).pathname,
  env: { ...CASES, DENO_JOBS: "2" },
  stdin: "null",
  stdout: "inherit",
  stderr: "inherit",
}).spawn().status;
console.log(`${((performance.now() - begunMs) / 60_000).toFixed(1)} minutes`);
Deno.exit(success ? 0 : 1);
