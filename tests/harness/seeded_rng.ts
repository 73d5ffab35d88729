import type { Rng } from "../../core/ports/rng.ts";

/** Repeatable bytes from a seed (xorshift32): for tests alone. */
export function seededRng(seed: number): Rng & { below(bound: number): number } {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 8 & 255),
    below: (bound) => next() % bound,
  };
}
