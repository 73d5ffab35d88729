import { limits } from "../../core/limits.ts";

/** As far back as a picture's packets are asked for again: a narrower window would refuse them. */
const SIZE = limits.voice.maxKeptPackets;

/** The last numbers of a stream, so that none is taken twice (RFC 3711, 3.3.2). */
export class ReplayWindow {
  #highest = -1;
  /** Whether a number was seen, at its place: the number % SIZE. */
  readonly #seen = new Uint8Array(SIZE);

  get highest(): number {
    return this.#highest;
  }

  /** Whether a number may be new. It is marked only after its packet proved genuine. */
  mayTake(index: number): boolean {
    if (index > this.#highest) return true;
    return this.#highest - index < SIZE && this.#seen[index % SIZE] === 0;
  }

  /** Of a number that `mayTake` has let through. */
  mark(index: number): void {
    // Places of numbers that lie between still say what was seen a window ago.
    for (let at = Math.max(this.#highest, index - SIZE) + 1; at < index; at++) {
      this.#seen[at % SIZE] = 0;
    }
    this.#seen[index % SIZE] = 1;
    this.#highest = Math.max(this.#highest, index);
  }
}
