const BURST_S = 1;

/**
 * What may be sent, refilled with time: bytes for all calls of a server, or packets that one listener
 * is sent again. What it costs is known afterwards (a packet is passed on to all of its listeners or
 * to none), and the next ones wait until it is paid.
 */
export class SendBudget {
  readonly #perSecond: number;
  #left: number;
  #refilledAt = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond * BURST_S;
  }

  /**
   * Whether more is left than `kept`, in seconds' worth, which others may use. `now` in milliseconds,
   * of a clock that never jumps.
   */
  admits(now: number, kept = 0): boolean {
    if (this.#perSecond === Infinity) return true;
    const refill = Math.max(0, now - this.#refilledAt) / 1000 * this.#perSecond;
    this.#left = Math.min(this.#perSecond * BURST_S, this.#left + refill);
    this.#refilledAt = now;
    return this.#left > kept * this.#perSecond;
  }

  spend(amount: number): void {
    this.#left -= amount;
  }
}
