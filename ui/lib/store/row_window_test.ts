import assert from "node:assert/strict";
import fc from "fast-check";
import { rowTops, spanAt } from "./row_window.ts";

Deno.test("every row that is seen is drawn, and the rest is as high as it was", () => {
  const heights = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 400 });
  const seen = fc.record({ top: fc.integer({ min: -500, max: 40_000 }), view: fc.nat(2000) });
  fc.assert(fc.property(heights, seen, (list, { top, view }) => {
    const tops = rowTops(list);
    const whole = tops.at(-1) ?? 0;
    const { from, to, above, below } = spanAt(tops, top, view);
    assert.ok(from >= 0 && from < to && to <= list.length);
    assert.equal(above + below + (tops[to] ?? 0) - (tops[from] ?? 0), whole);
    const start = Math.min(Math.max(top, 0), whole);
    assert.ok((tops[from] ?? 0) <= start);
    assert.ok((tops[to] ?? 0) >= Math.min(top + view, whole));
  }));
});

Deno.test("of ten thousand rows a screenful is drawn, the same one for a few pixels more", () => {
  const tops = rowTops(Array.from({ length: 10_000 }, () => 45));
  const { from, to } = spanAt(tops, 200_000, 900);
  assert.ok(to - from <= 60, `${to - from} rows`);
  assert.deepEqual(spanAt(tops, 200_020, 900), spanAt(tops, 200_000, 900));
  assert.deepEqual(spanAt(rowTops([]), 0, 900), { from: 0, to: 0, above: 0, below: 0 });
});
