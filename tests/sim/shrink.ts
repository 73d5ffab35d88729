import type { Schedule } from "./schedule.ts";

/**
 * The shortest schedule found that still fails: acts are left out in ever smaller runs (ddmin),
 * at most `tries` histories. `fails` answers whether a schedule fails in the same way.
 */
export async function shrink(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  tries = 400,
): Promise<Schedule> {
  let best = schedule;
  let left = tries;
  for (let run = Math.ceil(best.acts.length / 2); run >= 1 && left > 0;) {
    const before = best.acts.length;
    for (let at = 0; at < best.acts.length && left > 0;) {
      const acts = [...best.acts.slice(0, at), ...best.acts.slice(at + run)];
      const shorter = { ...best, acts };
      left--;
      if (await fails(shorter)) best = shorter;
      else at += run;
    }
    if (run > 1) run = Math.ceil(run / 2);
    else if (best.acts.length === before) break;
  }
  return best;
}
