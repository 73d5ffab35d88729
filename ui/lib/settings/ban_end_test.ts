import assert from "node:assert/strict";
import { BAN_DATE, BAN_ENDS, banEndOf } from "./ban_end.ts";

const NOW = Date.UTC(2026, 10, 29, 12);
const at = { nowMs: NOW, timeZone: "Europe/Berlin" };

Deno.test("a ban ends after what was chosen, at the reader's midnight of a day, or never", () => {
  const ends = BAN_ENDS.map(([end]) => banEndOf({ end, day: "2026-12-24" }, at));
  assert.deepEqual(ends, [
    null,
    NOW + 3_600_000,
    NOW + 86_400_000,
    NOW + 7 * 86_400_000,
    NOW + 30 * 86_400_000,
    Date.UTC(2026, 11, 23, 23),
  ]);
});

Deno.test("a day that was not given is no end", () => {
  assert.equal(banEndOf({ end: BAN_DATE, day: "" }, at), undefined);
});
