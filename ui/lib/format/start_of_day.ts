import { isTimeZone, momentOf } from "../../../core/rules/time_zone.ts";

/** When a day (`2026-11-22`) begins for the reader (ms); undefined for what is no day, or no zone. */
export function startOfDay(day: string, timeZone: string): number | undefined {
  // Four digits: at the ends of what a Date holds there is no day before or after.
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(day)) return undefined;
  const wanted = Date.parse(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(wanted) && new Date(wanted).toISOString().startsWith(day);
  return isDay && isTimeZone(timeZone) ? momentOf(wanted, timeZone) : undefined;
}
