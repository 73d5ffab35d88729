/**
 * `deno task test [FILE...]`: installs the Debian packages that tests need where it may,
 * then runs format, lint, types and every suite. Without them it runs what it can, lists
 * what is missing and fails. Every test that failed is named again at the end, whose last line
 * is `N passed, N failed`.
 */
import { lastLines, readFailures } from "./lib/failures.ts";
import {
  aptGet,
  findMissing,
  installPackages,
  NEEDED_PACKAGES,
  programSearchPath,
} from "./lib/packages.ts";
import { listSources, planSuites, type Suite } from "./lib/suites.ts";
import { addTotals, readTotals, type Totals } from "./lib/totals.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
/** Holds the errors of a run in which much fails. */
const TAIL_CHARACTERS = 1_000_000;
/** Told of a run that died before it named what failed. */
const DIED_LINES = 12;

async function main(only: readonly string[]): Promise<number> {
  const missing = await provideMissing();
  let totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const broken: string[] = [];
  const note = (name: string, result: Result) => {
    totals = addTotals(totals, result);
    if (result.failed > 0) broken.push(`${name}\n${result.failures}`);
  };

  note("ui build", await runDeno(["run", "-A", "ui/dev.ts", "--if-stale"]));
  if (only.length === 0) {
    // One thread looks at types for a minute or two: what keeps no other time goes on beside it.
    const types = runDeno(["check", "--quiet", "."]);
    for (const args of [["fmt", "--check", "--quiet"], ["lint", "--quiet"]]) {
      note(`deno ${args[0]}`, await runDeno(args));
    }
    const [pure, ...others] = planSuites(listSources(root));
    if (pure !== undefined) note(pure.name, await runSuite(pure));
    note("deno check", await types);
    for (const suite of others) note(suite.name, await runSuite(suite));
  } else {
    note(only.join(" "), await runSuite({ name: "chosen files", files: only, jobs: 1 }));
  }

  if (missing.length > 0) {
    console.log(`\nMissing Debian packages, so the tests that need them could not pass:`);
    for (const needed of missing) console.log(`  ${needed.name} (${needed.usedFor})`);
    console.log(`Install them with: apt-get install ${missing.map((m) => m.name).join(" ")}`);
  }
  for (const each of broken) console.log(`\nFailed: ${each}`);
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
  return totals.failed === 0 && totals.passed > 0 && missing.length === 0 ? 0 : 1;
}

async function provideMissing() {
  const missing = findMissing(NEEDED_PACKAGES, programSearchPath());
  if (missing.length === 0) return missing;
  const names = missing.map((needed) => needed.name);
  const apt = await aptGet();
  if (apt === undefined) {
    console.log(
      `These Debian packages are missing and can not be installed here: ${names.join(" ")}`,
    );
    return missing;
  }
  console.log(`Installing Debian packages: ${names.join(" ")}`);
  await installPackages(names, apt);
  return findMissing(NEEDED_PACKAGES, programSearchPath());
}

interface Result extends Totals {
  /** What failed, for the end of the output. */
  readonly failures: string;
}

async function runDeno(args: string[]): Promise<Result> {
  heading(`deno ${args.join(" ")}`);
  const { success, stdout, stderr } = await run(args);
  return {
    passed: success ? 1 : 0,
    failed: success ? 0 : 1,
    skipped: 0,
    failures: lastLines(stdout + stderr, DIED_LINES),
  };
}

async function runSuite(suite: Suite): Promise<Result> {
  heading(`${suite.name}: ${suite.files.length} test files`);
  const { success, stdout, stderr } = await run([
    "test",
    "--allow-all",
    "--no-check",
    ...(suite.jobs > 1 ? ["--parallel"] : []),
    ...suite.files,
  ], { DENO_JOBS: String(suite.jobs), NO_COLOR: "1" });
  const failures = readFailures(stdout, root);
  return {
    ...readTotals(stdout, success),
    failures: failures.length === 0
      ? lastLines(stdout + stderr, DIED_LINES)
      : failures.map(({ test, error }) => `  ${test}\n    ${error}`).join("\n"),
  };
}

/** Runs Deno and shows what it prints while it prints it. The ends of both streams are kept. */
async function run(args: string[], env: Record<string, string> = {}) {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [stdout, stderr, { success }] = await Promise.all([
    show(child.stdout, Deno.stdout),
    show(child.stderr, Deno.stderr),
    child.status,
  ]);
  return { success, stdout, stderr };
}

async function show(
  from: ReadableStream<Uint8Array>,
  to: { write(bytes: Uint8Array): Promise<number> },
): Promise<string> {
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of from) {
    for (let written = 0; written < chunk.length;) {
      written += await to.write(chunk.subarray(written));
    }
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-TAIL_CHARACTERS);
  }
  return tail;
}

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
