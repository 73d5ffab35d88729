import { limits } from "../../core/limits.ts";
import { guessIndex } from "./srtp.ts";

/**
 * The numbers under which one voice leaves for one listener. They begin at zero, so that a listener
 * who misses the first ones still counts rollovers as we do. They close what was left out on
 * purpose: a voice that was not forwarded for a while is not lost. No number is ever used twice,
 * which the cipher needs; so there is one such object for a voice and a listener, for good.
 */
export class EgressStream {
  #generation = -1;
  /** What is taken off an incoming index. */
  #shift = 0;
  /** The first incoming index since numbers were closed last. */
  #from = 0;
  #lastIn = 0;
  #lastOut = -1;

  /**
   * The number for an incoming index, which comes only once; undefined for one that is too late. A
   * new `generation` says that indices have nothing to do with those before.
   */
  next(generation: number, index: number): number | undefined {
    const jumps = index - this.#lastIn > limits.voice.maxSequenceGap;
    if (generation !== this.#generation || jumps) {
      this.#shift = index - this.#lastOut - 1;
      this.#generation = generation;
      this.#from = index;
      this.#lastIn = index;
    }
    if (index < this.#from) return undefined;
    const number = index - this.#shift;
    if (number > this.#lastOut) {
      this.#lastOut = number;
      this.#lastIn = index;
    }
    return number;
  }

  /**
   * The incoming index of what went out last under these 16 bits; undefined where it is none of the
   * present generation, in which a number stands for one index and no other.
   */
  indexOf(generation: number, sequence: number): number | undefined {
    if (generation !== this.#generation) return undefined;
    const number = guessIndex(this.#lastOut, sequence);
    const index = number + this.#shift;
    return number < 0 || number > this.#lastOut || index < this.#from ? undefined : index;
  }
}
