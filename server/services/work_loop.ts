import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";

export interface Work {
  /** One round; the signal says that the server stops. What it throws is logged. */
  readonly round: (signal: AbortSignal) => Promise<void>;
  /** Between two rounds at the most (ms). */
  readonly intervalMs: number;
  /** What the log says of a round that threw. */
  readonly trouble: string;
}

/** Work in the background: a round at once, then when woken and after the interval at the latest. */
export class WorkLoop implements AsyncDisposable {
  readonly #deps: { readonly clock: Clock; readonly log: Log };
  readonly #stopping = new AbortController();
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #running: Promise<void>;

  constructor(deps: { readonly clock: Clock; readonly log: Log }, work: Work) {
    this.#deps = deps;
    this.#running = this.#run(work);
  }

  /** Something is to be done now; a round that runs is followed by another. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Ends after the round at hand. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#wake.resolve();
    await this.#running;
  }

  async #run({ round, intervalMs, trouble }: Work): Promise<void> {
    const { clock, log } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      try {
        await round(signal);
      } catch (error) {
        log.log("error", trouble, { error });
      }
      const slept = new AbortController();
      const either = AbortSignal.any([signal, slept.signal]);
      const pause = clock.sleep(intervalMs, either).catch(() => undefined);
      await Promise.race([pause, this.#wake.promise]);
      slept.abort();
    }
  }
}
