import { limits } from "../../core/limits.ts";

/** Who somebody's loudness is asked of. It follows their packets; larger is louder. */
export interface Voice {
  readonly loudness: number;
}

/** How much louder than the quietest one must be who takes its place, in decibels. */
const MARGIN_DB = 3;

/** The voices of a call that are forwarded: all of them where there are few, else the loudest. */
export class Speakers {
  readonly #heard = new Set<Voice>();
  readonly #max: number;

  constructor(max: number = limits.voice.maxSpeakers) {
    this.#max = max;
  }

  /**
   * Whether a packet of this voice is forwarded. `isNew` says that the one before it was not, so
   * that what lay between is no loss.
   */
  admit(voice: Voice): { readonly isNew: boolean } | undefined {
    if (this.#heard.has(voice)) return HEARD;
    if (this.#heard.size >= this.#max) {
      const quietest = this.#quietest();
      if (quietest === undefined || voice.loudness < quietest.loudness + MARGIN_DB) {
        return undefined;
      }
      this.#heard.delete(quietest);
    }
    this.#heard.add(voice);
    return NEW;
  }

  /** Somebody who left, or may not speak any more. */
  remove(voice: Voice): void {
    this.#heard.delete(voice);
  }

  #quietest(): Voice | undefined {
    let quietest: Voice | undefined;
    for (const voice of this.#heard) {
      if (quietest === undefined || voice.loudness < quietest.loudness) quietest = voice;
    }
    return quietest;
  }
}

const HEARD = { isNew: false } as const;
const NEW = { isNew: true } as const;
