import type { Clock } from "../../core/ports/clock.ts";
import type { World } from "./world.ts";

/** How far a server's clock is off. Shared by all lives of one server. */
export interface Skew {
  offsetMs: number;
}

/**
 * The clock of one life of a server. When that ends its sleepers never wake: what a killed
 * process was about to do does not happen.
 */
export class VirtualClock implements Clock {
  readonly #world: World;
  readonly #skew: Skew;
  #dead = false;

  constructor(world: World, skew: Skew) {
    this.#world = world;
    this.#skew = skew;
  }

  now(): number {
    return Math.floor(this.#world.nowMs + this.#skew.offsetMs);
  }

  monotonic(): number {
    return this.#world.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        drop();
        if (!this.#dead) reject(signal?.reason);
      };
      const drop = this.#world.after(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        if (!this.#dead) resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Ends this life. */
  end(): void {
    this.#dead = true;
  }
}
