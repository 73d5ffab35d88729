import { assert } from "../../core/assert.ts";

/** The first pause after a failure; each failure more doubles it. */
export const FIRST_RETRY_MS = 1_000;
/** A server that came back without a word is noticed after this long at most. */
export const LONGEST_RETRY_MS = 3_600_000;
/** A short outage is not answered with a long pause: up to here the pause grows by doubling. */
export const STEADY_RETRY_MS = 4_000;
/** From there on it grows with the outage: this part of how long that has lasted. */
export const OUTAGE_SHARE = 1 / 8;

/**
 * How long to wait after the nth failure in a row, ms. Pauses double until they are an eighth of
 * the outage, so that who was away is noticed within about that part of it: seconds after a
 * minute, an hour after a day. Between half and all of that is waited, so that those who failed
 * together do not come back together. `askedMs` is what the other asked for (`Retry-After`):
 * never less than that, within the longest pause.
 */
export function retryDelayMs(input: {
  /** In a row, this one included. */
  readonly failures: number;
  /** Since the first of them, ms. */
  readonly outageMs: number;
  /** Random, 0 to 1. */
  readonly chance: number;
  readonly askedMs?: number | undefined;
}): number {
  assert(input.failures >= 1, "a pause follows a failure");
  const doubled = FIRST_RETRY_MS * 2 ** Math.min(input.failures - 1, 30);
  const share = Math.max(STEADY_RETRY_MS, input.outageMs * OUTAGE_SHARE);
  const pause = Math.min(doubled, share, LONGEST_RETRY_MS);
  const jittered = Math.ceil(pause / 2 + (pause / 2) * input.chance);
  return Math.min(Math.max(jittered, input.askedMs ?? 0), LONGEST_RETRY_MS);
}
