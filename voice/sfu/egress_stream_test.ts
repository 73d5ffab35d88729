import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../core/limits.ts";
import { EgressStream } from "./egress_stream.ts";

Deno.test("numbers begin at zero and keep losses and order, but not pauses", () => {
  const stream = new EgressStream();
  assert.equal(stream.next(1, 70_000), 0);
  assert.equal(stream.next(1, 70_003), 3, "a loss stays one");
  assert.equal(stream.next(1, 70_001), 1, "a late packet finds its place");
  assert.equal(stream.next(2, 5), 4, "another stream goes on");
  assert.equal(stream.next(2, 4), undefined, "what came before a pause has no place after it");
  assert.equal(stream.next(2, 6 + limits.voice.maxSequenceGap), 5, "a long gap is closed");
});

Deno.test("no number is used twice, whatever comes in", () => {
  const arrivals = fc.array(
    fc.record({ pause: fc.boolean(), jump: fc.integer({ min: -80, max: 3000 }) }),
    { maxLength: 200 },
  );
  fc.assert(fc.property(arrivals, (steps) => {
    const stream = new EgressStream();
    const used = new Set<number>();
    const taken = new Set<number>();
    let generation = 0;
    let index = 500;
    for (const { pause, jump } of steps) {
      if (pause) {
        generation++;
        // Another stream of the same browser counts for itself.
        taken.clear();
      }
      index = Math.max(0, index + jump);
      // The cipher's replay window gives each index once.
      if (taken.has(index)) continue;
      taken.add(index);
      const number = stream.next(generation, index);
      if (number === undefined) continue;
      assert.ok(number >= 0 && !used.has(number), `${number} was used`);
      used.add(number);
    }
  }));
});
