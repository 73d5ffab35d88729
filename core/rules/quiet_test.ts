import assert from "node:assert/strict";
import { NEVER_QUIET, type Quiet, type QuietHours } from "../api/quiet.ts";
import { quietEnd, ringsNow, tomorrowMorning } from "./quiet.ts";
import { isTimeZone, momentOf, wallClock } from "./time_zone.ts";

const BERLIN = "Europe/Berlin";
const at = (text: string) => Date.parse(text);

function hours(change: Partial<QuietHours>, more: Partial<Quiet> = {}): Quiet {
  return {
    ...NEVER_QUIET,
    quiet_hours: { ...NEVER_QUIET.quiet_hours, on: true, zone: BERLIN, ...change },
    ...more,
  };
}

Deno.test("quiet hours hold over midnight, by the clocks of their zone, on their days alone", () => {
  const night = hours({});
  assert.equal(quietEnd(night, at("2026-01-14T20:59:59Z")), null);
  assert.equal(quietEnd(night, at("2026-01-14T21:00:00Z")), at("2026-01-15T06:00:00Z"));
  assert.equal(quietEnd(night, at("2026-01-15T05:59:59Z")), at("2026-01-15T06:00:00Z"));
  assert.equal(quietEnd(night, at("2026-01-15T06:00:00Z")), null);
  // Wednesday the 14th: its night goes on into Thursday, Thursday's own never begins.
  const wednesdays = hours({ days: [3] });
  assert.equal(quietEnd(wednesdays, at("2026-01-15T03:00:00Z")), at("2026-01-15T06:00:00Z"));
  assert.equal(quietEnd(wednesdays, at("2026-01-15T22:00:00Z")), null);
  assert.equal(quietEnd(hours({ on: false }), at("2026-01-14T23:00:00Z")), null);
  assert.equal(quietEnd(hours({ days: [] }), at("2026-01-14T23:00:00Z")), null);
  const noon = hours({ from: "12:00", to: "13:30", zone: "Asia/Kathmandu" });
  assert.equal(quietEnd(noon, at("2026-01-14T06:15:00Z")), at("2026-01-14T07:45:00Z"));
});

Deno.test("quiet hours that follow one another are one; every hour of the week has an end", () => {
  const weekend = hours({ days: [6, 7], from: "08:00", to: "08:00" });
  assert.equal(quietEnd(weekend, at("2026-01-17T12:00:00Z")), at("2026-01-19T07:00:00Z"));
  const always = quietEnd(hours({ from: "00:00", to: "00:00" }), at("2026-01-14T12:00:00Z"));
  assert.ok(always !== null && always > at("2026-01-21T12:00:00Z"));
});

Deno.test("quiet hours on the nights when clocks are changed begin and end as the clocks show", () => {
  const night = hours({});
  // 29 March 2026, 2:00 becomes 3:00: the night is an hour shorter.
  assert.equal(quietEnd(night, at("2026-03-28T21:00:00Z")), at("2026-03-29T05:00:00Z"));
  assert.equal(quietEnd(night, at("2026-03-29T05:00:00Z")), null);
  // 25 October 2026, 3:00 becomes 2:00: it is an hour longer.
  assert.equal(quietEnd(night, at("2026-10-24T20:00:00Z")), at("2026-10-25T06:00:00Z"));
  // From a time that is jumped over; and to one that comes twice, at its first.
  const jumped = hours({ from: "02:30", to: "04:00" });
  assert.equal(quietEnd(jumped, at("2026-03-29T01:29:59Z")), null);
  assert.equal(quietEnd(jumped, at("2026-03-29T01:30:00Z")), at("2026-03-29T02:00:00Z"));
  const twice = hours({ from: "01:00", to: "02:30" });
  assert.equal(quietEnd(twice, at("2026-10-25T00:29:00Z")), at("2026-10-25T00:30:00Z"));
  assert.equal(quietEnd(twice, at("2026-10-25T00:30:00Z")), null);
});

Deno.test("quiet by hand, ended by hand, and on into the hours", () => {
  const now = at("2026-01-14T18:00:00Z");
  const hand = { ...NEVER_QUIET, quiet_until: now + 3_600_000 };
  assert.equal(quietEnd(hand, now), now + 3_600_000);
  assert.equal(quietEnd(hand, now + 3_600_000), null);
  const into = hours({}, { quiet_until: at("2026-01-14T21:30:00Z") });
  assert.equal(quietEnd(into, now), at("2026-01-15T06:00:00Z"));
  const ended = hours({}, { quiet_ended: at("2026-01-15T06:00:00Z") });
  assert.equal(quietEnd(ended, at("2026-01-14T23:00:00Z")), null);
  assert.equal(quietEnd(ended, at("2026-01-15T23:00:00Z")), at("2026-01-16T06:00:00Z"));
  assert.equal(ringsNow(hand, now), true);
  assert.equal(ringsNow({ ...hand, quiet_calls: false }, now), false);
  assert.equal(ringsNow({ ...hand, quiet_calls: false }, now + 3_600_000), true);
});

Deno.test("until tomorrow is the end of tomorrow's quiet hours, or eight in the morning", () => {
  const now = at("2026-03-28T15:00:00Z");
  assert.equal(tomorrowMorning(hours({}), now, BERLIN), at("2026-03-29T05:00:00Z"));
  assert.equal(tomorrowMorning(NEVER_QUIET, now, BERLIN), at("2026-03-29T06:00:00Z"));
  assert.equal(
    tomorrowMorning(NEVER_QUIET, now, "America/New_York"),
    at("2026-03-29T12:00:00Z"),
  );
});

Deno.test("moments and clocks agree in every zone and around every change of a year", () => {
  for (const zone of [BERLIN, "America/St_Johns", "Australia/Lord_Howe"]) {
    let shifted = 0;
    for (let ms = at("2026-01-01T00:30:00Z"); ms < at("2027-01-01T00:00:00Z"); ms += 3_600_000) {
      const found = momentOf(wallClock(ms, zone), zone);
      assert.equal(wallClock(found, zone), wallClock(ms, zone), `${zone} ${ms}`);
      if (found !== ms) shifted++;
    }
    // Only the hour that comes twice has another moment before it.
    assert.ok(shifted <= 1, `${zone}: ${shifted}`);
  }
  assert.ok(isTimeZone(BERLIN) && !isTimeZone("Europe/Nowhere") && !isTimeZone(""));
});
