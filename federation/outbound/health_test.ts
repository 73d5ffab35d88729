import assert from "node:assert/strict";
import { FIRST_RETRY_MS, LONGEST_RETRY_MS, retryDelayMs, STEADY_RETRY_MS } from "./backoff.ts";
import {
  afterFailure,
  afterRequest,
  afterSignOfLife,
  afterSuccess,
  CIRCUIT_OPENS_AFTER,
  circuitOf,
  EARLY_TRY_MS,
  type Health,
  standingOf,
  untilNextTry,
  UNTRIED,
} from "./health.ts";

const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

function failing(failures: number, atMs = NOW): Health {
  let health = UNTRIED;
  for (let n = 0; n < failures; n++) {
    const note = { kind: "unreachable" as const, text: "no answer", atMs };
    health = afterFailure(health, { note, chance: 1 });
  }
  return health;
}

Deno.test("pauses double up to an eighth of the outage and an hour, each between its half and its whole", () => {
  for (const outageMs of [0, 60_000, HOUR_MS, 24 * HOUR_MS, 30 * 24 * HOUR_MS]) {
    for (let failures = 1; failures < 60; failures++) {
      const doubled = FIRST_RETRY_MS * 2 ** (failures - 1);
      const share = Math.max(STEADY_RETRY_MS, outageMs / 8);
      const whole = Math.min(doubled, share, LONGEST_RETRY_MS);
      assert.equal(retryDelayMs({ failures, outageMs, chance: 1 }), whole);
      assert.equal(retryDelayMs({ failures, outageMs, chance: 0 }), whole / 2);
    }
  }
});

Deno.test("a server that is away for a week is tried a bounded number of times, and soon after a short outage", () => {
  let health = failing(1);
  let tries = 1;
  let longestShort = 0;
  while (health.nextTryMs < NOW + 7 * 24 * HOUR_MS) {
    const atMs = health.nextTryMs;
    if (atMs < NOW + 60_000) longestShort = Math.max(longestShort, atMs - (health.lastTryMs ?? 0));
    health = afterFailure(health, { note: { kind: "timeout", text: "", atMs }, chance: 0.5 });
    tries++;
  }
  assert(longestShort <= 6_000, `${longestShort} ms`);
  assert(tries < 400, `${tries} tries`);
});

Deno.test("what the other asked for is kept, within the longest pause", () => {
  const outageMs = HOUR_MS;
  assert.equal(retryDelayMs({ failures: 1, outageMs, chance: 1, askedMs: 30_000 }), 30_000);
  assert.equal(retryDelayMs({ failures: 8, outageMs, chance: 1, askedMs: 1 }), 128_000);
  assert.equal(retryDelayMs({ failures: 1, outageMs, chance: 1, askedMs: 1e12 }), LONGEST_RETRY_MS);
});

Deno.test("the circuit opens after failures in a row, and one success closes it", () => {
  assert.equal(circuitOf(UNTRIED), "closed");
  assert.equal(circuitOf(failing(1)), "trying");
  assert.equal(circuitOf(failing(CIRCUIT_OPENS_AFTER - 1)), "trying");
  const open = failing(CIRCUIT_OPENS_AFTER);
  assert.equal(circuitOf(open), "open");
  const well = afterSuccess(open, NOW + 1);
  assert.equal(circuitOf(well), "closed");
  assert.deepEqual([UNTRIED, failing(1), open, well].map(standingOf), [
    "unsent",
    "trying",
    "away",
    "well",
  ]);
  assert.equal(well.failingSinceMs, undefined);
  assert.equal(well.lastError?.text, "no answer", "the last error stays to be read");
});

Deno.test("since when it fails is the time of the first failure of the row", () => {
  const later = afterFailure(failing(3), {
    note: { kind: "timeout", text: "late", atMs: NOW + 9_000 },
    chance: 0,
  });
  assert.equal(later.failingSinceMs, NOW);
  assert.equal(later.lastError?.kind, "timeout");
});

Deno.test("who speaks to us is tried at once, but never twice in a moment", () => {
  const lastMs = NOW + 24 * HOUR_MS;
  const note = { kind: "unreachable" as const, text: "no answer", atMs: lastMs };
  const away = afterFailure(failing(12), { note, chance: 1 });
  assert.equal(afterSignOfLife(away, lastMs + 60_000).nextTryMs, lastMs + 60_000);
  assert.equal(afterSignOfLife(away, lastMs + 10).nextTryMs, lastMs + EARLY_TRY_MS);
  assert.equal(afterSignOfLife(UNTRIED, lastMs), UNTRIED);
  assert.equal(afterRequest(away, lastMs + 10).nextTryMs, lastMs + 10);
});

Deno.test("a clock that was set back leaves nobody waiting for the time it said before", () => {
  const failed = afterFailure(UNTRIED, {
    note: { kind: "unreachable", text: "away", atMs: 5_000_000 },
    chance: 1,
  });
  assert(untilNextTry(failed, 5_000_000) > 0);
  assert.equal(untilNextTry(failed, 5_000_000 - 3_600_000), 0);
});
