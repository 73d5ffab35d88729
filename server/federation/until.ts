import type { Clock } from "../../core/ports/clock.ts";

/**
 * Keys that are left alone until a time has passed: a server that did not answer, a user who was
 * looked at. Beyond `max` the word said longest ago is forgotten.
 */
export class Until<Key> {
  readonly #untilMs = new Map<Key, number>();

  constructor(readonly clock: Pick<Clock, "monotonic">, readonly max: number) {}

  /** From now on, for `forMs`. */
  set(key: Key, forMs: number): void {
    this.#untilMs.delete(key);
    this.#untilMs.set(key, this.clock.monotonic() + forMs);
    if (this.#untilMs.size <= this.max) return;
    const [oldest] = this.#untilMs.keys();
    if (oldest !== undefined) this.#untilMs.delete(oldest);
  }

  end(key: Key): void {
    this.#untilMs.delete(key);
  }

  holds(key: Key): boolean {
    return (this.#untilMs.get(key) ?? 0) > this.clock.monotonic();
  }
}
