import { wallClock } from "../../../core/rules/time_zone.ts";
import type { Language } from "../i18n/languages.ts";
import { language } from "../i18n/t.ts";

/** The clock stands in the tag: as an option it leaves German hours two digits wide in `h12`. */
function localeOf({ intl, clock }: Language): string {
  return `${intl}-u-hc-${clock}`;
}

/** Parts that are calculated with, never shown: their calendar and digits are fixed. */
const CALCULATED = "en";
const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make and there are few: one of each is kept. */
function format(
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  locale = localeOf(language()),
): Intl.DateTimeFormat {
  const key = locale + timeZone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    formats.set(key, found);
  }
  return found;
}

/** Days begin at a quarter of an hour of UTC in every time zone there is. */
const QUARTER_MS = 900_000;
/** Those asked for last: the messages of a page are minutes apart. */
let lastDay = { quarter: NaN, timeZone: "", key: "" };

/** `2026-11-22`, the day a moment falls on for the reader. */
export function dayKey(ms: number, timeZone: string): string {
  const quarter = Math.floor(ms / QUARTER_MS);
  if (lastDay.quarter !== quarter || lastDay.timeZone !== timeZone) {
    lastDay = { quarter, timeZone, key: readDay(ms, timeZone) };
  }
  return lastDay.key;
}

function readDay(ms: number, timeZone: string): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const parts = format(timeZone, options, CALCULATED).formatToParts(ms);
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${get("year")}-${get("month")}-${get("day")}`;
}

/** Minutes by which the reader's clock is ahead of UTC at a moment. */
export function utcOffset(ms: number, timeZone: string): number {
  const minute = Math.floor(ms / 60_000) * 60_000;
  return (wallClock(minute, timeZone) - minute) / 60_000;
}

/** The one way in which the hours and minutes of a moment are written. */
function timeOfDay({ clock } = language()): Intl.DateTimeFormatOptions {
  const hour = clock === "h12" ? "numeric" : "2-digit";
  return { hour, minute: "2-digit" };
}

/** `9:05 PM` or `21:05`. */
export function formatTime(ms: number, timeZone: string, written = language()): string {
  return plainSpaces(format(timeZone, timeOfDay(written), localeOf(written)).format(ms));
}

/** Before AM and PM some engines write a narrow space, others none: server and browser agree. */
function plainSpaces(text: string): string {
  return text.replaceAll("\u202f", " ");
}

export function formatDay(ms: number, timeZone: string): string {
  return format(timeZone, { weekday: "long", day: "numeric", month: "long", year: "numeric" })
    .format(ms);
}

/** A time of the next hours by the clock alone, one further away with its day. */
export function formatSoon(ms: number, nowMs: number, timeZone: string): string {
  if (ms - nowMs < 18 * 3_600_000) return formatTime(ms, timeZone);
  return plainSpaces(format(timeZone, { weekday: "long", ...timeOfDay() }).format(ms));
}

/** A moment by the clock alone where it is hours away, else with its date. */
export function formatNear(ms: number, nowMs: number, timeZone: string): string {
  const isNear = Math.abs(ms - nowMs) < 18 * 3_600_000;
  return isNear ? formatTime(ms, timeZone) : formatMoment(ms, timeZone);
}

/** As short as a date with its time can be: for a chart that is read with the pointer. */
export function formatMoment(ms: number, timeZone: string): string {
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  return plainSpaces(format(timeZone, options).format(ms));
}

/** A day without its year. */
export function formatDayShort(ms: number, timeZone: string): string {
  return format(timeZone, { day: "numeric", month: "short" }).format(ms);
}

/** 1 is Monday, 7 Sunday. */
export function weekdayName(day: number): string {
  return format("UTC", { weekday: "long" }).format(Date.UTC(2024, 0, day));
}

export function formatDate(ms: number, timeZone: string): string {
  return format(timeZone, { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

export function formatFull(ms: number, timeZone: string): string {
  const options = { dateStyle: "full", timeStyle: "short" } as const;
  return plainSpaces(format(timeZone, options).format(ms));
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
