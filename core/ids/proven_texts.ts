/**
 * Texts that were found to be ids, whole: the same few rooms, channels and ends of graphs are
 * named by every message. Bounded; when full it starts afresh.
 */
export class ProvenTexts {
  readonly #texts = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  add(text: string): void {
    if (this.#texts.size >= this.#most) this.#texts.clear();
    this.#texts.add(text);
  }
}
