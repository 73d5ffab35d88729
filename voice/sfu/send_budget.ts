const BURST_S = 1;

/**
 * What a server may send for all its calls, refilled with time. A packet is passed on to all of its
 * listeners or to none: what it costs is known afterwards, and the next ones wait until it is paid.
 */
export class SendBudget {
  readonly #bytesPerSecond: number;
  #bytes: number;
  #refilledAt = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#bytes = bytesPerSecond * BURST_S;
  }

  /** Whether something is left. `now` in milliseconds, of a clock that never jumps. */
  admits(now: number): boolean {
    if (this.#bytesPerSecond === Infinity) return true;
    const refill = Math.max(0, now - this.#refilledAt) / 1000 * this.#bytesPerSecond;
    this.#bytes = Math.min(this.#bytesPerSecond * BURST_S, this.#bytes + refill);
    this.#refilledAt = now;
    return this.#bytes > 0;
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }
}
