import { tellFigure } from "../../scripts/lib/figure.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { startBarePage } from "./bare_page.ts";

/** Of the npm package; 185 MB of it are no part of the project. */
const VERSION = "12.8.2";

interface Report {
  readonly categories: Record<string, { readonly score: number | null }>;
  readonly audits: Record<string, { readonly numericValue?: number }>;
}

/** Lighthouse's mobile profile of a page of a signed-in visitor, beside a bare page. */
export async function measureLighthouse(url: string, cookie: string): Promise<void> {
  await using folder = await tempFolder();
  await using bare = startBarePage();
  const own = await run(url, folder.path, { cookie });
  const control = await run(bare.url, folder.path, {});
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

/** Undefined where npm or Lighthouse cannot run here; standard error says why. */
async function run(
  url: string,
  folder: string,
  headers: Readonly<Record<string, string>>,
): Promise<Report | undefined> {
  const output = `${folder}/${crypto.randomUUID()}.json`;
  const { success } = await new Deno.Command("npx", {
    args: [
      "--yes",
      `lighthouse@${VERSION}`,
      url,
      "--quiet",
      "--output=json",
      `--output-path=${output}`,
      "--only-categories=performance,accessibility,best-practices",
      `--extra-headers=${JSON.stringify(headers)}`,
      "--chrome-flags=--headless --no-sandbox --disable-gpu --disable-quic --no-first-run",
    ],
    env: { CHROME_PATH: "/usr/bin/chromium" },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output().catch((error: Error) => {
    console.error(`Lighthouse is left out: ${error.message}`);
    return { success: false };
  });
  return success ? JSON.parse(await Deno.readTextFile(output)) as Report : undefined;
}
