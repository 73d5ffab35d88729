/** The last 64 numbers of a stream, so that none is taken twice (RFC 3711, 3.3.2). */
export class ReplayWindow {
  #highest = -1;
  /** Bit n: the number `#highest - n` was seen. Of n from 0 to 31, and from 32 to 63. */
  #near = 0;
  #far = 0;

  get highest(): number {
    return this.#highest;
  }

  /** Whether a number may be new. It is marked only after its packet proved genuine. */
  mayTake(index: number): boolean {
    const behind = this.#highest - index;
    if (behind < 0) return true;
    if (behind >= 64) return false;
    const half = behind < 32 ? this.#near : this.#far;
    return ((half >>> (behind & 31)) & 1) === 0;
  }

  mark(index: number): void {
    const ahead = index - this.#highest;
    if (ahead > 0) {
      this.#shift(ahead);
      this.#highest = index;
      this.#near |= 1;
    } else if (-ahead < 32) this.#near |= 1 << -ahead;
    else if (-ahead < 64) this.#far |= 1 << (-ahead - 32);
  }

  #shift(by: number): void {
    if (by >= 64) {
      this.#near = 0;
      this.#far = 0;
    } else if (by >= 32) {
      this.#far = by === 32 ? this.#near : this.#near << (by - 32);
      this.#near = 0;
    } else {
      this.#far = (this.#far << by) | (this.#near >>> (32 - by));
      this.#near <<= by;
    }
  }
}
