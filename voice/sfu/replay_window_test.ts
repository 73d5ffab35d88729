import { equal } from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../core/limits.ts";
import { ReplayWindow } from "./replay_window.ts";

const WINDOW = limits.voice.maxKeptPackets;

Deno.test("each number is taken once, and none that is a window or more behind", () => {
  const steps = fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 300 });
  fc.assert(fc.property(steps, (jumps) => {
    const window = new ReplayWindow();
    const seen = new Set<number>();
    let highest = -1;
    let at = 1000;
    for (const jump of jumps) {
      at = Math.max(0, at + jump);
      const expected = !seen.has(at) && highest - at < WINDOW;
      equal(window.mayTake(at), expected, `${at} after ${highest}`);
      if (!expected) continue;
      window.mark(at);
      seen.add(at);
      highest = Math.max(highest, at);
      equal(window.highest, highest);
    }
  }));
});
