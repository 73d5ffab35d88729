import { chromium } from "playwright-core";
import { tellFigure } from "../../scripts/lib/figure.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { launchOptions } from "../harness/browser.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { startBarePage } from "./bare_page.ts";

/** Of the npm package; 185 MB of it are no part of the project. */
const VERSION = "12.8.2";

interface Report {
  readonly finalDisplayedUrl: string;
  readonly categories: Record<string, { readonly score: number | null }>;
  readonly audits: Record<string, { readonly numericValue?: number }>;
}

/** Lighthouse's mobile profile of a page of a signed-in visitor, beside a bare page. */
export async function measureLighthouse(url: string, cookie: string): Promise<void> {
  await using folder = await tempFolder();
  await using bare = startBarePage();
  const own = await run(url, folder.path, cookie);
  const control = await run(bare.url, folder.path);
  if (!own || !control) return;
  const number = (report: Report, audit: string) => report.audits[audit]?.numericValue ?? NaN;
  const tell = (
    name: string,
    audit: string,
    of: { unit: string; atMost: number },
  ) =>
    tellFigure({
      bench: "client",
      name: `Lighthouse mobile: ${name}`,
      value: number(own, audit),
      unit: of.unit,
      control: { name: "bare page", value: number(control, audit) },
      target: { of: "value", atMost: of.atMost },
    });
  tell("largest contentful paint", "largest-contentful-paint", { unit: "ms", atMost: 2000 });
  tell("total blocking time", "total-blocking-time", { unit: "ms", atMost: 150 });
  tell("cumulative layout shift", "cumulative-layout-shift", { unit: "", atMost: 0.02 });
  for (
    const [name, least] of Object.entries({
      performance: 90,
      accessibility: 100,
      "best-practices": 95,
    })
  ) {
    const points = (report: Report) => 100 * (report.categories[name]?.score ?? 0);
    // Points missing to a hundred, so that less is better, as with every other figure.
    tellFigure({
      bench: "client",
      name: `Lighthouse mobile: ${name}, points missing of 100`,
      value: 100 - points(own),
      unit: "points",
      control: { name: "bare page", value: 100 - points(control) },
      target: { of: "value", atMost: 100 - least },
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
