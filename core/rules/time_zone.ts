const DAY_MS = 86_400_000;
/** Formats are costly to make: those of this many zones are kept. */
const ZONES_MAX = 600;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const held = clocks.get(zone);
  if (held !== undefined) return held;
  const made = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (clocks.size >= ZONES_MAX) clocks.clear();
  clocks.set(zone, made);
  return made;
}

/** Whether this program knows a time zone of that name. */
export function isTimeZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at a moment, as if it were UTC (ms, whole seconds). */
export function wallClock(ms: number, zone: string): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(ms)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * The moment at which the clocks of a zone show `wall` (as if it were UTC, whole seconds): the
 * first of two, and for a time that they jump over as much later as they jump.
 */
export function momentOf(wall: number, zone: string): number {
  // Clocks are changed once within two days at the most.
  const before = wall - offsetAt(wall - DAY_MS, zone);
  if (wallClock(before, zone) === wall) return before;
  const after = wall - offsetAt(wall + DAY_MS, zone);
  return wallClock(after, zone) === wall ? after : before;
}

/** How far the clocks of a zone are ahead of UTC (ms). */
function offsetAt(ms: number, zone: string): number {
  return wallClock(ms, zone) - Math.floor(ms / 1000) * 1000;
}

/** Minutes since midnight of a time like `22:30`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** 1 is Monday, 7 Sunday, of a day that began at `wall`. */
export function weekdayOf(wall: number): number {
  return new Date(wall).getUTCDay() || 7;
}

/** When a day begins that is so many days after the one of `ms` (as if it were UTC). */
export function dayFrom(ms: number, zone: string, days: number): number {
  const wall = wallClock(ms, zone);
  return wall - wall % DAY_MS + days * DAY_MS;
}
