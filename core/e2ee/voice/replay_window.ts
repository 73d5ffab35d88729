/** Counters that may overtake each other: 2.5 seconds of a voice at 50 frames a second. */
export const VOICE_WINDOW = 128;
/**
 * Pictures take longer to be whole than what is said meanwhile, whose counters are the same ones:
 * five seconds at 200 frames of all kinds.
 */
export const PICTURE_WINDOW = 1024;

/**
 * Which counters of one key were taken already. A counter counts once, and not at all when it is
 * as far as the window behind the newest. RFC 9605 9.3 leaves that to whoever uses it.
 */
export class ReplayWindow {
  #newest = -1n;
  /** Bit `n`: the counter `n` before the newest was taken. */
  #seen = 0n;
  readonly #size: bigint;

  constructor(size: number) {
    this.#size = BigInt(size);
  }

  /** Whether this counter may be looked at. */
  admits(ctr: bigint): boolean {
    if (ctr > this.#newest) return true;
    const back = this.#newest - ctr;
    return back < this.#size && (this.#seen >> back & 1n) === 0n;
  }

  /**
   * Takes a counter whose frame was genuine: a forged one must not close the window to those that
   * come. @returns whether it was new
   */
  take(ctr: bigint): boolean {
    if (!this.admits(ctr)) return false;
    if (ctr > this.#newest) {
      const ahead = ctr - this.#newest;
      const mask = (1n << this.#size) - 1n;
      this.#seen = ahead >= this.#size ? 1n : (this.#seen << ahead | 1n) & mask;
      this.#newest = ctr;
    } else this.#seen |= 1n << this.#newest - ctr;
    return true;
  }
}
