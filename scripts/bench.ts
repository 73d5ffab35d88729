/**
 * `deno task bench [NAME...] [--tiny] [--json FILE]`: runs the programs of tests/bench, each
 * figure beside its control in the same run, prints a table and writes the same as JSON.
 * Only ratios mean something on a machine that is shared; numbers belong to the machine.
 */
import { type Figure, meetsTarget, ratioOf } from "./lib/figure.ts";

const BENCHES = ["sends", "fanout", "start", "federation"] as const;
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
      ? `ratio >= ${target.atLeast}`
      : `<= ${target.atMost} ${unit}`,
    met === undefined ? "" : met ? "met" : "missed",
    Object.entries(more ?? {}).map(([name, each]) => `${name} ${short(each)}`).join(", "),
  ];
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(1);
}

function table(figures: readonly Figure[]): string {
  const head = ["figure", "value", "control", "ratio", "target", "", "more"];
  const rows = [head, ...figures.map(describe)];
  const widths = head.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows
    .map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

async function main(args: readonly string[]): Promise<void> {
  const jsonAt = args.indexOf("--json");
  const file = jsonAt < 0 ? undefined : args[jsonAt + 1];
  const chosen = BENCHES.filter((name) => args.includes(name));
  const figures: Figure[] = [];
  for (const name of chosen.length > 0 ? chosen : BENCHES) {
    console.error(`measuring ${name} ...`);
    figures.push(...await runBench(name, args.includes("--tiny") ? ["--tiny"] : []));
  }
  const { hardwareConcurrency: cores } = navigator;
  console.log(table(figures));
  const json = JSON.stringify({ cores, deno: Deno.version.deno, figures });
  if (file === undefined) console.log(json);
  else await Deno.writeTextFile(file, `${json}\n`);
}

if (import.meta.main) await main(Deno.args);
