import type { DigestChoice } from "../api/digest.ts";
import { dayFrom, momentOf, weekdayOf } from "./time_zone.ts";

const HOUR_MS = 3_600_000;
/** A week later at the latest, and one more day where clocks jump. */
const LOOK_DAYS = 9;

/** When the next mail after a moment is due (ms). */
export function nextDigest({ every, weekday, hour, zone }: DigestChoice, nowMs: number): number {
  for (let day = 0; day < LOOK_DAYS; day++) {
    const wall = dayFrom(nowMs, zone, day);
    if (every === "week" && weekdayOf(wall) !== weekday) continue;
    const due = momentOf(wall + hour * HOUR_MS, zone);
    if (due > nowMs) return due;
  }
  throw new RangeError(`No time is due after ${nowMs} in ${zone}.`);
}
