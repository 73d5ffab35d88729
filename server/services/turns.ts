import { Turn } from "../../core/e2ee/engine/turn.ts";

/** Work of one key at a time, in the order asked for, in this process. */
export class Turns {
  readonly #turns = new Map<string, Turn>();

  /** Runs `work` once what was asked for before with the same key has ended, however it ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(key) ?? new Turn();
    this.#turns.set(key, turn);
    try {
      return await turn.run(work);
    } finally {
      if (turn.isIdle) this.#turns.delete(key);
    }
  }
}
