/** What one process did within one step. */
export interface Tally {
  readonly messages: number;
  readonly requests: number;
  readonly failures: number;
  readonly commits: number;
  readonly commitSumMs: number;
  readonly commitMaxMs: number;
}

const EMPTY: Tally = {
  messages: 0,
  requests: 0,
  failures: 0,
  commits: 0,
  commitSumMs: 0,
  commitMaxMs: 0,
};

/** Counts what this process does, until somebody takes the sums. */
export class ProcessTally {
  #now: Tally = EMPTY;

  sent(messages: number): void {
    this.#now = { ...this.#now, messages: this.#now.messages + messages };
  }

  answered(status: number): void {
    const { requests, failures } = this.#now;
    this.#now = {
      ...this.#now,
      requests: requests + 1,
      failures: failures + (status >= 500 ? 1 : 0),
    };
  }

  committed(ms: number): void {
    const { commits, commitSumMs, commitMaxMs } = this.#now;
    this.#now = {
      ...this.#now,
      commits: commits + 1,
      commitSumMs: commitSumMs + ms,
      commitMaxMs: Math.max(commitMaxMs, ms),
    };
  }

  /** The sums since the last time; counting begins anew. */
  take(): Tally {
    const taken = this.#now;
    this.#now = EMPTY;
    return taken;
  }
}
