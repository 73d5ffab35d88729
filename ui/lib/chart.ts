import { formatNumber } from "./format/number.ts";
import { formatSize } from "./format/size.ts";

/** What a figure counts: how its values are written. */
export type ChartUnit = "count" | "bytes" | "ms";

export interface ChartLine {
  readonly label: string;
  /** Null: nothing was measured. */
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly title: string;
  readonly unit: ChartUnit;
  /** Seconds since the epoch, rising. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** IANA name of the reader's time zone. */
  readonly timeZone: string;
}

export function formatUnit(unit: ChartUnit, value: number): string {
  if (unit === "bytes") return formatSize(value);
  return unit === "ms" ? `${formatNumber(value)} ms` : formatNumber(value);
}

/** Height and width of the drawing that is made without scripts. */
export const SKETCH = { width: 600, height: 120 } as const;

/**
 * Each line as an SVG path inside `SKETCH`; a gap in time or values begins anew. `stepS`: the
 * distance of two neighbors (s). One point alone is drawn as a short stroke.
 */
export function sketchPaths(data: ChartData, stepS: number): string[] {
  const first = data.times[0] ?? 0;
  const span = Math.max(stepS, (data.times.at(-1) ?? 0) - first);
  const top = highest(data);
  return data.lines.map(({ values }) => {
    let path = "";
    let last: number | undefined;
    data.times.forEach((time, at) => {
      const value = values[at];
      if (value === null || value === undefined) return;
      const x = round((time - first) / span * (SKETCH.width - 2) + 1);
      const y = round(SKETCH.height - 2 - value / top * (SKETCH.height - 6));
      const joins = last !== undefined && time - last <= stepS * 1.5;
      path += joins ? `L${x} ${y}` : `M${x} ${y}h.01`;
      last = time;
    });
    return path;
  });
}

export function highest(data: Pick<ChartData, "lines">): number {
  const values = data.lines.flatMap((line) => line.values.map((value) => value ?? 0));
  return Math.max(...values, 1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
