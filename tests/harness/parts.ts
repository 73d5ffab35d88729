import type { Clock } from "../../core/ports/clock.ts";
import type { Log, LogLevel } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";

/** A clock that moves only when told; `sleep` waits for it to move. */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: { untilMs: number; wake: () => void }[] = [];

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#sleepers.push({ untilMs: this.#nowMs + ms, wake: resolve });
    });
  }

  /** Moves time and wakes who waited for it. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.untilMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.untilMs > this.#nowMs);
    for (const sleeper of due) sleeper.wake();
  }
}

/** A generator that counts: equal runs give equal bytes. */
export class CountingRng implements Rng {
  #next = 0;

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next++ & 255);
  }
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps its lines for a test to read. */
export class MemoryLog implements Log {
  readonly lines: LogLine[];
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(lines: LogLine[] = [], fields: Readonly<Record<string, unknown>> = {}) {
    this.lines = lines;
    this.#fields = fields;
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level, message, fields: { ...this.#fields, ...fields } });
  }

  child(fields: Readonly<Record<string, unknown>>): Log {
    return new MemoryLog(this.lines, { ...this.#fields, ...fields });
  }
}
