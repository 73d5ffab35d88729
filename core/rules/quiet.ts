import type { Quiet, QuietHours } from "../api/quiet.ts";
import { dayFrom, minutesOf, momentOf, weekdayOf } from "./time_zone.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Hours that follow one another without a gap are looked at so far ahead, in days. */
const AHEAD_DAYS = 8;
/** When a morning begins for who has chosen no hours, minutes. */
const MORNING = 8 * 60;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** When the quiet that holds now ends (ms); null where nothing is quiet. */
export function quietEnd(quiet: Quiet, nowMs: number): number | null {
  const { quiet_hours: hours, quiet_until: until, quiet_ended: ended } = quiet;
  const spans = hours.on ? spansOf(hours, nowMs) : [];
  const counted = spans.map(({ start, end }) => ({ start: Math.max(start, ended ?? start), end }));
  if (until !== null) counted.push({ start: nowMs, end: until });
  let end = nowMs;
  for (let further = true; further;) {
    further = false;
    for (const span of counted) {
      if (span.start > end || span.end <= end) continue;
      end = span.end;
      further = true;
    }
  }
  return end === nowMs ? null : end;
}

/** Whether a call is told of now. */
export function ringsNow(quiet: Quiet, nowMs: number): boolean {
  return quiet.quiet_calls || quietEnd(quiet, nowMs) === null;
}

/** When tomorrow's quiet is over: as the hours say, else at eight (ms). */
export function tomorrowMorning(quiet: Quiet, nowMs: number, zone: string): number {
  const { on, to } = quiet.quiet_hours;
  const minutes = on ? minutesOf(to) : MORNING;
  return momentOf(dayFrom(nowMs, zone, 1) + minutes * MINUTE_MS, zone);
}

/** From the hours that began yesterday to those of the next week. */
function spansOf({ days, from, to, zone }: QuietHours, nowMs: number): Span[] {
  const begin = minutesOf(from);
  const length = minutesOf(to) - begin;
  const finish = length > 0 ? begin + length : begin + length + DAY_MINUTES;
  const spans: Span[] = [];
  for (let day = -1; day <= AHEAD_DAYS; day++) {
    const wall = dayFrom(nowMs, zone, day);
    if (!days.includes(weekdayOf(wall))) continue;
    spans.push({
      start: momentOf(wall + begin * MINUTE_MS, zone),
      end: momentOf(wall + finish * MINUTE_MS, zone),
    });
  }
  return spans;
}
