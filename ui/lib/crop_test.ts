import assert from "node:assert/strict";
import fc from "fast-check";
import { squareOf } from "./crop.ts";

Deno.test("the square is the largest at first, in the middle", () => {
  const square = squareOf({ width: 400, height: 200 }, { zoom: 1, x: 0.5, y: 0.5 });
  assert.deepEqual(square, { left: 100, top: 0, side: 200 });
});

Deno.test("no square leaves its picture", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 9000 }),
    fc.integer({ min: 1, max: 9000 }),
    fc.double({ min: 0, max: 50, noNaN: true }),
    share,
    share,
    (width, height, zoom, x, y) => {
      const { left, top, side } = squareOf({ width, height }, { zoom, x, y });
      assert.ok(left >= 0 && top >= 0 && side >= 1);
      assert.ok(left + side <= width + 1e-6 && top + side <= height + 1e-6);
    },
  ));
});
