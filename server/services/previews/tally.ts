import type { Clock } from "../../../core/ports/clock.ts";

export interface TallyBounds {
  /** Within `windowMs`. */
  readonly most: number;
  readonly windowMs: number;
  /** Keys that are counted at once; beyond it the longest counted are forgotten. */
  readonly keys: number;
}

/** How often each of many did something lately: of this process, in memory, bounded. */
export class Tally {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #bounds: TallyBounds;
  readonly #counted = new Map<string, { count: number; readonly untilMs: number }>();

  constructor(clock: Pick<Clock, "monotonic">, bounds: TallyBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** How long `take` may still refuse this key, ms. */
  waitMs(key: string): number {
    const { untilMs = 0 } = this.#counted.get(key) ?? {};
    return Math.max(0, untilMs - this.#clock.monotonic());
  }

  /** Counts one more; false where that is too many. */
  take(key: string): boolean {
    const nowMs = this.#clock.monotonic();
    let entry = this.#counted.get(key);
    if (entry === undefined || entry.untilMs <= nowMs) {
      this.#counted.delete(key);
      entry = { count: 0, untilMs: nowMs + this.#bounds.windowMs };
      this.#counted.set(key, entry);
      const [oldest] = this.#counted.keys();
      if (this.#counted.size > this.#bounds.keys && oldest !== undefined) {
        this.#counted.delete(oldest);
      }
    }
    if (entry.count >= this.#bounds.most) return false;
    entry.count++;
    return true;
  }
}
