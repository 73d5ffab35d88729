import { assert } from "../../core/assert.ts";

/** The first pause after a failure; each failure more doubles it. */
export const FIRST_RETRY_MS = 1_000;
/** A server that came back without a word is noticed after this long at most. */
export const LONGEST_RETRY_MS = 3_600_000;

/**
 * How long to wait after the nth failure in a row, ms: between half and all of the doubled
 * pause, so that those who failed together do not come back together. `askedMs` is what the
 * other asked for (`Retry-After`): never less than that, within the longest pause.
 */
export function retryDelayMs(input: {
  /** In a row, this one included. */
  readonly failures: number;
  /** Random, 0 to 1. */
  readonly chance: number;
  readonly askedMs?: number | undefined;
}): number {
  assert(input.failures >= 1, "a pause follows a failure");
  const doubled = FIRST_RETRY_MS * 2 ** Math.min(input.failures - 1, 30);
  const pause = Math.min(doubled, LONGEST_RETRY_MS);
  const jittered = Math.ceil(pause / 2 + (pause / 2) * input.chance);
  return Math.min(Math.max(jittered, input.askedMs ?? 0), LONGEST_RETRY_MS);
}
