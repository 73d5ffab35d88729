import { startOfDay } from "../format/start_of_day.ts";

/** The choice of a day of one's own. */
export const BAN_DATE = "date";

/** How long a ban can last: seconds, "" for as long as nobody lifts it, and the name. */
export const BAN_ENDS = [
  ["", "banEnd.never"],
  ["3600", "moderate.hour"],
  ["86400", "moderate.day"],
  ["604800", "moderate.week"],
  ["2592000", "banEnd.month"],
  [BAN_DATE, "banEnd.date"],
] as const;

/** When a ban ends (ms) that begins now; null: never. Undefined where the day is missing. */
export function banEndOf(
  chosen: { readonly end: string; readonly day: string },
  at: { readonly nowMs: number; readonly timeZone: string },
): number | null | undefined {
  if (chosen.end === "") return null;
  if (chosen.end === BAN_DATE) return startOfDay(chosen.day, at.timeZone);
  return at.nowMs + Number(chosen.end) * 1000;
}

/** How much of what somebody said goes with their ban: seconds back, and its name. */
export const PURGES = [
  [0, "moderate.keep"],
  [3600, "moderate.lastHour"],
  [86_400, "moderate.lastDay"],
  [604_800, "moderate.lastWeek"],
] as const;
