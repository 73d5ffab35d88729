import assert from "node:assert/strict";
import { type ChartData, SKETCH, sketchPaths } from "./chart.ts";

const chart = (times: number[], ...lines: (number | null)[][]): ChartData => ({
  title: "Messages",
  unit: "count",
  times,
  lines: lines.map((values, at) => ({ label: `line ${at}`, values })),
  timeZone: "UTC",
});

Deno.test("a line runs from edge to edge, its highest value near the top", () => {
  const [path] = sketchPaths(chart([0, 60, 120], [0, 5, 10]), 60);
  assert.equal(path, `M1 118h.01L300 61L${SKETCH.width - 1} 4`);
});

Deno.test("what was not measured is a gap, in time and in values", () => {
  const [path] = sketchPaths(chart([0, 60, 120, 360], [1, null, 1, 1]), 60);
  assert.equal(path?.match(/M/g)?.length, 3);
  assert.doesNotMatch(path ?? "", /NaN|Infinity/);
});

Deno.test("nothing, and one value alone, can be drawn", () => {
  assert.deepEqual(sketchPaths(chart([], []), 60), [""]);
  assert.match(sketchPaths(chart([60], [0]), 60)[0] ?? "", /^M1 118h/);
});
