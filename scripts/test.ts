/**
 * `deno task test [FILE...]`: installs the Debian packages that tests need where it may,
 * then runs format, lint, types and every suite. Without them it runs what it can, lists
 * what is missing and fails. The last line is `N passed, N failed`.
 */
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

async function main(only: readonly string[]): Promise<number> {
  const missing = await provideMissing();
  let totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const broken: string[] = [];
  const note = (name: string, result: Totals) => {
    totals = addTotals(totals, result);
    if (result.failed > 0) broken.push(name);
  };

  note("ui build", await runDeno(["run", "-A", "ui/dev.ts", "--if-stale"]));
  if (only.length === 0) {
    for (
      const args of [["fmt", "--check", "--quiet"], ["lint", "--quiet"], ["check", "--quiet", "."]]
    ) {
      note(`deno ${args[0]}`, await runDeno(args));
    }
    for (const suite of planSuites(listSources(root))) note(suite.name, await runSuite(suite));
  } else {
    note(only.join(" "), await runSuite({ name: "chosen files", files: only, jobs: 1 }));
  }

  if (missing.length > 0) {
    console.log(`\nMissing Debian packages, so the tests that need them could not pass:`);
    for (const needed of missing) console.log(`  ${needed.name} (${needed.usedFor})`);
    console.log(`Install them with: apt-get install ${missing.map((m) => m.name).join(" ")}`);
  }
  if (broken.length > 0) console.log(`\nFailed: ${broken.join(", ")}`);
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

async function runDeno(args: string[]): Promise<Totals> {
  heading(`deno ${args.join(" ")}`);
  const status = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return { passed: status.success ? 1 : 0, failed: status.success ? 0 : 1, skipped: 0 };
}

async function runSuite(suite: Suite): Promise<Totals> {
  heading(`${suite.name}: ${suite.files.length} test files`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      "--no-check",
      ...(suite.jobs > 1 ? ["--parallel"] : []),
      ...suite.files,
    ],
    cwd: root,
    env: { DENO_JOBS: String(suite.jobs), NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    await writeAll(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-20_000);
  }
  return readTotals(tail, (await child.status).success);
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await Deno.stdout.write(bytes.subarray(written));
  }
}

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
