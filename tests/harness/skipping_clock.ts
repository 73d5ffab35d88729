import type { Clock } from "../../core/ports/clock.ts";
import { systemClock } from "../../server/system/clock.ts";

/** The real clock, ahead by what was skipped: sleeps last as long as ever. */
export function skippingClock(): Clock & { readonly advance: (ms: number) => void } {
  let skipped = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + skipped,
    advance(ms) {
      skipped += ms;
    },
  };
}
