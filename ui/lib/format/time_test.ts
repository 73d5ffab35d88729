import assert from "node:assert/strict";
import { LANGUAGES } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { startOfDay } from "./start_of_day.ts";
import { dayKey, formatFull, formatMoment, formatSoon, formatTime, utcOffset } from "./time.ts";

const ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"];

Deno.test("a day begins at its midnight, whatever the zone and on days that change the clock", () => {
  for (const zone of ZONES) {
    for (const day of ["2026-01-01", "2026-03-29", "2026-03-30", "2026-10-25", "2026-11-01"]) {
      const start = startOfDay(day, zone) ?? NaN;
      assert.equal(dayKey(start, zone), day, zone);
      assert.notEqual(dayKey(start - 1, zone), day, zone);
    }
  }
  assert.equal(startOfDay("2026-11-22", "Europe/Berlin"), Date.UTC(2026, 10, 21, 23));
  assert.equal(startOfDay("no day", "UTC"), undefined);
  for (
    const day of ["2026-13-40", "2026-02-30", "+275760-09-13", "-271821-04-20", "0000-01-01", ""]
  ) {
    for (const zone of ZONES) assert.equal(startOfDay(day, zone), undefined, day);
  }
  assert.equal(startOfDay("2026-11-22", "Nowhere/Land"), undefined);
  assert.ok(startOfDay("9999-12-31", "Pacific/Kiritimati"));
});

Deno.test("how far a clock is ahead of UTC is that of the moment", () => {
  assert.equal(utcOffset(Date.UTC(2026, 0, 1, 0, 0, 59), "Europe/Berlin"), 60);
  assert.equal(utcOffset(Date.UTC(2026, 6, 1), "Europe/Berlin"), 120);
  assert.equal(utcOffset(Date.UTC(2026, 6, 1), "Asia/Kolkata"), 330);
  assert.equal(utcOffset(Date.UTC(2026, 0, 1), "America/Los_Angeles"), -480);
});

const WRITTEN = {
  h12: [[0, "12:05 AM"], [9, "9:05 AM"], [12, "12:05 PM"], [13, "1:05 PM"]],
  h23: [[0, "00:05"], [9, "09:05"], [12, "12:05"], [13, "13:05"]],
} as const;

Deno.test("in each language and clock the time is the same beside a message and with its whole date", () => {
  for (const language of LANGUAGES) {
    for (const clock of ["h12", "h23"] as const) {
      inLanguage({ ...language, clock }, () => {
        for (const [hour, written] of WRITTEN[clock]) {
          const ms = Date.UTC(2026, 10, 22, hour, 5);
          assert.equal(formatTime(ms, "UTC"), written);
          assert.match(formatFull(ms, "UTC"), new RegExp(`2026 \\S+ ${written}$`));
          assert.match(formatSoon(ms, ms - 19 * 3_600_000, "UTC"), new RegExp(` ${written}$`));
          assert.match(formatMoment(ms, "UTC"), new RegExp(`2026, ${written}$`));
        }
      });
    }
  }
});

Deno.test("messages a moment apart fall on the days of their own zones", () => {
  // Days begin at quarters of an hour of UTC: Kathmandu is 5:45 ahead.
  const midnight = Date.UTC(2026, 10, 21, 18, 15);
  for (let round = 0; round < 2; round++) {
    assert.equal(dayKey(midnight - 1, "Asia/Kathmandu"), "2026-11-21");
    assert.equal(dayKey(midnight, "Asia/Kathmandu"), "2026-11-22");
    assert.equal(dayKey(midnight, "UTC"), "2026-11-21");
  }
});
