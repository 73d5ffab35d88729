/** One thing at a time, in the order asked: what reads and then changes a room's state. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(readonly maxWaiting = 1000) {}

  /** Runs `act` after everything before it has ended, however that ended. */
  run<T>(act: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.maxWaiting) {
      return Promise.reject(new Error(`${this.#waiting} steps wait for their turn: give up first`));
    }
    this.#waiting++;
    const result = this.#last.then(act, act).finally(() => this.#waiting--);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Nothing runs or waits. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (!this.isIdle) await this.#last;
  }
}
