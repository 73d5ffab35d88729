import { OperationError } from "../../../core/errors.ts";

export interface LaneBounds {
  /** Requests of one origin answered at once. */
  readonly atOnce: number;
  /** Of one origin, waiting for that. */
  readonly waiting: number;
  /** Of all origins, waiting. */
  readonly waitingInAll: number;
}

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Requests of one origin take turns, so that a server that asks much delays itself alone. What
 * finds the queue full is refused.
 */
export class Lanes {
  readonly #bounds: LaneBounds;
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;

  constructor(bounds: LaneBounds) {
    this.#bounds = bounds;
  }

  /** Origins with something under way. */
  get size(): number {
    return this.#lanes.size;
  }

  /** @throws OperationError `rate_limited` where too much of this origin waits */
  async run<T>(origin: string, work: () => Promise<T>): Promise<T> {
    let lane = this.#lanes.get(origin);
    if (lane === undefined) {
      lane = { running: 0, waiting: [] };
      this.#lanes.set(origin, lane);
    }
    if (lane.running >= this.#bounds.atOnce) await this.#wait(lane, origin);
    else lane.running++;
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if (--lane.running === 0) this.#lanes.delete(origin);
    }
  }

  async #wait(lane: Lane, origin: string): Promise<void> {
    const { waiting, waitingInAll } = this.#bounds;
    if (lane.waiting.length >= waiting || this.#waiting >= waitingInAll) {
      throw new OperationError("rate_limited", `Too many requests of ${origin} are under way.`, {
        details: { retry_after_ms: 1000 },
      });
    }
    this.#waiting++;
    await new Promise<void>((resolve) => lane.waiting.push(resolve));
    this.#waiting--;
  }
}
