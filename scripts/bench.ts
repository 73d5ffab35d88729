/**
 * `deno task bench [NAME...] [--tiny] [--json FILE]`: runs the programs of tests/bench, each
 * figure beside its control in the same run, prints a table and writes the same as JSON.
 * Only ratios mean something on a machine that is shared; numbers belong to the machine.
 */
import { parseArgs } from "node:util";
import { type Figure, meetsTarget, ratioOf } from "./lib/figure.ts";

const BENCHES = [
  "sends",
  "fanout",
  "start",
  "federation",
  "client",
  "encryption",
  "mls",
  "new_device",
  "voice",
  "search",
] as const;
const root = new URL("..", import.meta.url).pathname;

/** Runs one program; each line that it prints is a figure. Throws when it fails. */
export async function runBench(name: string, args: readonly string[] = []): Promise<Figure[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `${root}tests/bench/${name}.ts`, ...args],
    cwd: root,
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`The bench ${name} failed.`);
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Figure);
}

/** A figure as a line of a table. */
export function describe(figure: Figure): string[] {
  const { value, unit, control, target, more } = figure;
  const ratio = ratioOf(figure);
  const met = meetsTarget(figure);
  return [
    `${figure.bench}: ${figure.name}`,
    `${short(value)} ${unit}`,
    control === undefined ? "" : `${control.name} ${short(control.value)}`,
    ratio === undefined ? "" : ratio.toFixed(2),
    target === undefined
      ? ""
      : target.of === "ratio"
      ? "atMost" in target ? `ratio <= ${target.atMost}` : `ratio >= ${target.atLeast}`
      : `<= ${target.atMost} ${unit}`,
    met === undefined ? "" : met ? "met" : "missed",
    Object.entries(more ?? {}).map(([name, each]) => `${name} ${short(each)}`).join(", "),
  ];
}

function short(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function table(figures: readonly Figure[]): string {
  const head = ["figure", "value", "control", "ratio", "target", "", "more"];
  const rows = [head, ...figures.map(describe)];
  const widths = head.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows
    .map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

const HELP = `deno task bench [NAME...] [--tiny] [--json FILE]

Measures, and prints a table of figures, each beside its control in the same run.
NAME         ${BENCHES.join(", ")}; all of them where none is named
--tiny       so short that it only shows that the programs run
--json FILE  writes the figures there as JSON, instead of printing it below the table`;

export interface BenchWish {
  readonly benches: readonly string[];
  readonly tiny: boolean;
  readonly file?: string;
}

/** What the command line asks for, or `help`. Throws Error for what it does not know. */
export function readWish(args: readonly string[]): BenchWish | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      tiny: { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  if (values.help === true) return "help";
  const known: readonly string[] = BENCHES;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no bench "${unknown}"; there are ${BENCHES.join(", ")}.`);
  }
  return {
    benches: positionals.length > 0 ? known.filter((name) => positionals.includes(name)) : known,
    tiny: values.tiny,
    ...(values.json === undefined ? {} : { file: values.json }),
  };
}

async function main({ benches, tiny, file }: BenchWish): Promise<void> {
  const figures: Figure[] = [];
  for (const name of benches) {
    console.error(`measuring ${name} ...`);
    figures.push(...await runBench(name, tiny ? ["--tiny"] : []));
  }
  const { hardwareConcurrency: cores } = navigator;
  console.log(table(figures));
  const json = JSON.stringify({ cores, deno: Deno.version.deno, figures });
  if (file === undefined) console.log(json);
  else await Deno.writeTextFile(file, `${json}\n`);
}

function wishOrExit(): BenchWish | "help" {
  try {
    return readWish(Deno.args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    Deno.exit(2);
  }
}

if (import.meta.main) {
  const wish = wishOrExit();
  if (wish === "help") console.log(HELP);
  else await main(wish);
}
