/** What may come of one stream, packets and bytes, refilled with time; a second's worth at once. */
export class IncomingRate {
  readonly #packetsPerSecond: number;
  #bytesPerSecond: number;
  #packets: number;
  #bytes: number;
  #refilledAt = 0;

  constructor(packetsPerSecond: number, bytesPerSecond: number) {
    this.#packets = this.#packetsPerSecond = packetsPerSecond;
    this.#bytes = this.#bytesPerSecond = bytesPerSecond;
  }

  set bytesPerSecond(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Whether a packet is within it; one that is not costs nothing. `now` in ms, monotonic. */
  admit(bytes: number, now: number): boolean {
    const seconds = Math.min(1, (now - this.#refilledAt) / 1000);
    this.#refilledAt = now;
    this.#packets = Math.min(
      this.#packetsPerSecond,
      this.#packets + seconds * this.#packetsPerSecond,
    );
    this.#bytes = Math.min(this.#bytesPerSecond, this.#bytes + seconds * this.#bytesPerSecond);
    if (this.#packets < 1 || this.#bytes < bytes) return false;
    this.#packets--;
    this.#bytes -= bytes;
    return true;
  }
}
