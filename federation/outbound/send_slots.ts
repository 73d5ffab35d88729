import type { Clock } from "../../core/ports/clock.ts";

/** Transactions under way to servers that are well. */
export const FAST_SLOTS = 64;
/** Transactions under way to servers that failed the last time. */
export const PROBE_SLOTS = 32;
/** A transaction that takes longer gives its place to the next: it waits beside the others. */
export const HAND_OVER_MS = 500;
/** So many may wait beside the others; then they keep their places. */
export const SLOW_MAX = 256;

export type SlotKind = "fast" | "probe";

/**
 * How many transactions are under way at once, in all. A server that hangs never keeps others
 * waiting: one that failed has places of its own kind, and one that is slow for the first time
 * gives its place up.
 */
export class SendSlots {
  readonly #clock: Clock;
  readonly #free: Record<SlotKind, number> = { fast: FAST_SLOTS, probe: PROBE_SLOTS };
  readonly #waiting: Record<SlotKind, (() => void)[]> = { fast: [], probe: [] };
  #slow = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for a place. What it answers must be called when the transaction has ended. */
  async enter(kind: SlotKind): Promise<() => void> {
    if (this.#free[kind] > 0) this.#free[kind]--;
    else await new Promise<void>((resolve) => this.#waiting[kind].push(resolve));
    return kind === "fast" ? this.#handOverWhenSlow() : () => this.#give(kind);
  }

  #handOverWhenSlow(): () => void {
    const ended = new AbortController();
    let slow = false;
    this.#clock.sleep(HAND_OVER_MS, ended.signal).then(() => {
      if (ended.signal.aborted || this.#slow >= SLOW_MAX) return;
      slow = true;
      this.#slow++;
      this.#give("fast");
    }, () => undefined);
    return () => {
      ended.abort();
      if (slow) this.#slow--;
      else this.#give("fast");
    };
  }

  #give(kind: SlotKind): void {
    const next = this.#waiting[kind].shift();
    if (next === undefined) this.#free[kind]++;
    else next();
  }
}
