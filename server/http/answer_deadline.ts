import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** An answer is due after so long: less than proxies in front wait, mostly a minute. */
export const ANSWER_MS = 45_000;
/** How exactly. */
const LOOK_MS = 1000;
const RETRY_MS = 5000;

interface Due {
  readonly ms: number;
  readonly late: () => void;
}

/**
 * Nobody waits without end for what the server waits for itself, a database that is stuck say:
 * whoever asked is told so. What was asked goes on, since it cannot be called back.
 */
export class AnswerDeadline {
  readonly #clock: Pick<Clock, "monotonic" | "sleep">;
  /** In the order in which they are due. */
  readonly #due = new Set<Due>();
  #watch: AbortController | undefined;

  constructor(clock: Pick<Clock, "monotonic" | "sleep">) {
    this.#clock = clock;
  }

  /** @throws OperationError `unavailable`, once it is late: `done` may still change something. */
  async of<Value>(work: Promise<Value>, what: "answered" | "done"): Promise<Value> {
    const { promise, reject } = Promise.withResolvers<never>();
    const due = { ms: this.#clock.monotonic() + ANSWER_MS, late: () => reject(tooLate(what)) };
    this.#due.add(due);
    if (this.#watch === undefined) void this.#keepWatch(this.#watch = new AbortController());
    try {
      return await Promise.race([work, promise]);
    } finally {
      this.#due.delete(due);
      if (this.#due.size === 0) {
        this.#watch?.abort();
        this.#watch = undefined;
      }
    }
  }

  async #keepWatch({ signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(LOOK_MS, signal).catch(() => undefined);
      const nowMs = this.#clock.monotonic();
      for (const { ms, late } of this.#due) {
        if (ms > nowMs) break;
        late();
      }
    }
  }
}

function tooLate(what: "answered" | "done"): OperationError {
  const sentence = what === "answered"
    ? "The server does not answer in time. Try again in a little while."
    : "The server has not done this in time, and may still do it. Look whether it did before you " +
      "ask again; a message can be sent again with the same nonce.";
  return new OperationError("unavailable", sentence, { details: { retry_after_ms: RETRY_MS } });
}
