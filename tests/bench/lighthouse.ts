import { chromium } from "playwright-core";
import { percentile, tellFigure } from "../../scripts/lib/figure.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { launchOptions } from "../harness/browser.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { startBarePage } from "./bare_page.ts";

/** Of the npm package; 185 MB of it are no part of the project. */
const VERSION = "12.8.2";

/** Runs of each page, in turns: Lighthouse's own advice is the median of five. */
const RUNS = 5;

interface Report {
  readonly finalDisplayedUrl: string;
  readonly categories: Record<string, { readonly score: number | null }>;
  readonly audits: Record<string, { readonly numericValue?: number }>;
}

/**
 * Lighthouse's mobile profile of a page of a signed-in visitor, beside a bare page: the median of
 * each figure over {@link RUNS} runs, which take turns with those of the bare page.
 */
export async function measureLighthouse(url: string, cookie: string): Promise<void> {
  await using folder = await tempFolder();
  await using bare = startBarePage();
  const own: Report[] = [];
  const control: Report[] = [];
  for (let i = 0; i < RUNS; i++) {
    const [page, beside] = [await run(url, folder.path, cookie), await run(bare.url, folder.path)];
    if (!page || !beside) return;
    own.push(page);
    control.push(beside);
  }
  const tell = (
    name: string,
    unit: string,
    atMost: number,
    of: (report: Report) => number,
  ) =>
    tellFigure({
      bench: "client",
      name: `Lighthouse mobile: ${name}`,
      value: percentile(own.map(of), 0.5),
      unit,
      control: { name: "bare page", value: percentile(control.map(of), 0.5) },
      target: { of: "value", atMost },
      more: { least: Math.min(...own.map(of)), most: Math.max(...own.map(of)), runs: RUNS },
    });
  const audit = (name: string) => (report: Report) => report.audits[name]?.numericValue ?? NaN;
  tell("largest contentful paint", "ms", 2000, audit("largest-contentful-paint"));
  tell("total blocking time", "ms", 150, audit("total-blocking-time"));
  tell("cumulative layout shift", "", 0.02, audit("cumulative-layout-shift"));
  for (
    const [name, least] of Object.entries({
      performance: 90,
      accessibility: 100,
      "best-practices": 95,
    })
  ) {
    // Points missing to a hundred, so that less is better, as with every other figure.
    tell(`${name}, points missing of 100`, "points", 100 - least, (report) => {
      return 100 - 100 * (report.categories[name]?.score ?? 0);
    });
  }
}

/**
 * Lighthouse's report, in a browser of its own that has the cookie (`name=value`): a header beside
 * would not be sent with the socket, whose refusal ends the session and leads to another page.
 * Undefined where npm or Lighthouse cannot run here, or another page was shown; standard error
 * says why.
 */
async function run(url: string, folder: string, cookie?: string): Promise<Report | undefined> {
  const port = freePort();
  const name = crypto.randomUUID();
  await using stack = new AsyncDisposableStack();
  const { args, ...rest } = launchOptions();
  const context = await chromium.launchPersistentContext(`${folder}/${name}`, {
    ...rest,
    args: [...args, `--remote-debugging-port=${port}`],
  });
  stack.defer(() => context.close());
  if (cookie !== undefined) {
    const [key = "", ...value] = cookie.split("=");
    const { origin } = new URL(url);
    await context.addCookies([{ name: key, value: value.join("="), url: origin, httpOnly: true }]);
  }
  const output = `${folder}/${name}.json`;
  const { success } = await new Deno.Command("npx", {
    args: [
      "--yes",
      `lighthouse@${VERSION}`,
      url,
      "--quiet",
      "--output=json",
      `--output-path=${output}`,
      "--only-categories=performance,accessibility,best-practices",
      `--port=${port}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output().catch((error: Error) => {
    console.error(`Lighthouse is left out: ${error.message}`);
    return { success: false };
  });
  if (!success) return undefined;
  const report = JSON.parse(await Deno.readTextFile(output)) as Report;
  if (report.finalDisplayedUrl === url) return report;
  console.error(`Lighthouse is left out: it was led to ${report.finalDisplayedUrl}`);
  return undefined;
}
