/** One measured number with what it is held against. Ratios hold on any machine; numbers do not. */
export interface Figure {
  readonly bench: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same machine's answer to the bare task, in the same run and unit. */
  readonly control?: { readonly name: string; readonly value: number };
  /** Further numbers of the same measurement. */
  readonly more?: Readonly<Record<string, number>>;
  readonly target?: Target;
}

/** What issue-level promises ask of the ratio to the control, or of the value where none is. */
export type Target =
  | { readonly of: "ratio"; readonly atLeast: number }
  | { readonly of: "ratio"; readonly atMost: number }
  | { readonly of: "value"; readonly atMost: number };

export function ratioOf({ value, control }: Figure): number | undefined {
  return control === undefined ? undefined : value / control.value;
}

/** Undefined where nothing is promised. */
export function meetsTarget(figure: Figure): boolean | undefined {
  const { target } = figure;
  if (target === undefined) return undefined;
  if (target.of === "value") return figure.value <= target.atMost;
  const ratio = ratioOf(figure);
  if (ratio === undefined) return undefined;
  return "atMost" in target ? ratio <= target.atMost : ratio >= target.atLeast;
}

/** The value below which `part` (0 to 1) of all lie; 0 of none. */
export function percentile(values: readonly number[], part: number): number {
  const at = Math.min(values.length - 1, Math.floor(values.length * part));
  return values.toSorted((a, b) => a - b)[at] ?? 0;
}

/** How a bench program hands a figure to `scripts/bench.ts`: a line of JSON. */
export function tellFigure(figure: Figure): void {
  console.log(JSON.stringify(figure));
}

/** How long and how wide a bench measures; `tiny` only proves that the program runs. */
export interface BenchSize {
  readonly tiny: boolean;
}

export function readSize(args: readonly string[]): BenchSize {
  return { tiny: args.includes("--tiny") };
}
