import { language } from "../i18n/t.ts";

/** Parts that are calculated with, never shown: their calendar and digits are fixed. */
const CALCULATED = "en";
const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make and there are few: one of each is kept. */
function format(
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  locale = language().intl,
): Intl.DateTimeFormat {
  const key = locale + timeZone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    formats.set(key, found);
  }
  return found;
}

/** Whether this program knows the time zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat(CALCULATED, { timeZone: name }).resolvedOptions().timeZone !==
      "";
  } catch {
    return false;
  }
}

/** `2026-11-22`, the day a moment falls on for the reader. */
export function dayKey(ms: number, timeZone: string): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const parts = format(timeZone, options, CALCULATED).formatToParts(ms);
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${get("year")}-${get("month")}-${get("day")}`;
}

/** What a wall clock shows at a moment, as if it were UTC (ms). */
function wallClock(ms: number, timeZone: string): number {
  const parts = format(timeZone, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }, CALCULATED).formatToParts(ms);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"));
}

/** Minutes by which the reader's clock is ahead of UTC at a moment. */
export function utcOffset(ms: number, timeZone: string): number {
  const minute = Math.floor(ms / 60_000) * 60_000;
  return (wallClock(minute, timeZone) - minute) / 60_000;
}

/** When a day (`2026-11-22`) begins for the reader (ms); undefined for what is no day. */
export function startOfDay(day: string, timeZone: string): number | undefined {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(wanted)) return undefined;
  // The zone's offset is that of the moment sought: a second look is right beside a change of it.
  const near = wanted - (wallClock(wanted, timeZone) - wanted);
  return near - (wallClock(near, timeZone) - wanted);
}

export function formatTime(ms: number, timeZone: string): string {
  return format(timeZone, { hour: "2-digit", minute: "2-digit", hour12: false }).format(ms);
}

export function formatDay(ms: number, timeZone: string): string {
  return format(timeZone, { weekday: "long", day: "numeric", month: "long", year: "numeric" })
    .format(ms);
}

export function formatDate(ms: number, timeZone: string): string {
  return format(timeZone, { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

export function formatFull(ms: number, timeZone: string): string {
  return format(timeZone, { dateStyle: "full", timeStyle: "short" }).format(ms);
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function relative(): Intl.RelativeTimeFormat {
  const { intl } = language();
  const found = relatives.get(intl) ?? new Intl.RelativeTimeFormat(intl, { numeric: "auto" });
  relatives.set(intl, found);
  return found;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "3 hours ago", "in 2 days". */
export function formatRelative(ms: number, nowMs: number): string {
  const apart = ms - nowMs;
  for (const [unit, size] of STEPS) {
    if (Math.abs(apart) >= size) return relative().format(Math.trunc(apart / size), unit);
  }
  return relative().format(0, "second");
}
