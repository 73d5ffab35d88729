import assert from "node:assert/strict";
import { nextDigest } from "./digest_time.ts";

const at = (text: string) => Date.parse(text);
const daily = { every: "day", weekday: 1, hour: 7, zone: "Europe/Berlin" } as const;

Deno.test("a daily mail is due at its hour, whatever the clocks did that night", () => {
  assert.equal(nextDigest(daily, at("2026-01-14T05:59:59Z")), at("2026-01-14T06:00:00Z"));
  assert.equal(nextDigest(daily, at("2026-01-14T06:00:00Z")), at("2026-01-15T06:00:00Z"));
  assert.equal(nextDigest(daily, at("2026-03-28T06:00:00Z")), at("2026-03-29T05:00:00Z"));
  assert.equal(nextDigest(daily, at("2026-10-24T05:00:00Z")), at("2026-10-25T06:00:00Z"));
  // An hour that is jumped over: an hour later. One that comes twice: once.
  const two = { ...daily, hour: 2 };
  assert.equal(nextDigest(two, at("2026-03-28T12:00:00Z")), at("2026-03-29T01:00:00Z"));
  assert.equal(nextDigest(two, at("2026-10-24T12:00:00Z")), at("2026-10-25T00:00:00Z"));
  assert.equal(nextDigest(two, at("2026-10-25T00:00:00Z")), at("2026-10-26T01:00:00Z"));
});

Deno.test("a weekly mail is due on its day", () => {
  const weekly = { ...daily, every: "week", weekday: 7 } as const;
  assert.equal(nextDigest(weekly, at("2026-01-14T12:00:00Z")), at("2026-01-18T06:00:00Z"));
  assert.equal(nextDigest(weekly, at("2026-01-18T06:00:00Z")), at("2026-01-25T06:00:00Z"));
});
