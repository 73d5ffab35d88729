import { OperationError } from "../../../core/errors.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { programModule } from "../../system/assets.ts";
import {
  type PasswordAnswer,
  type PasswordJob,
  SALT_BYTES,
  type Strength,
} from "./password_job.ts";

/** Hashing blocks a core for 70 ms and 19 MiB: two at once leave the server breathing. */
export const PASSWORD_WORKERS = 2;
/** Who waits behind more than this is told to come back: 64 x 70 ms / 2 is over two seconds. */
export const PASSWORD_QUEUE = 64;
/** Idle workers end, and their dictionaries' memory comes back. */
const IDLE_MS = 60_000;
const RETRY_AFTER_MS = 3_000;

/** The file of the worker, to be included when compiling. */
export const PASSWORD_WORKER_URL: URL = programModule(
  new URL("./password_worker.ts", import.meta.url),
  "server/services/accounts/password_worker",
);

export interface Passwords {
  /** Encoded Argon2id with a fresh salt. */
  hash(password: string): Promise<string>;
  /** Takes the same time whether it matches or not. */
  verify(password: string, encoded: string): Promise<boolean>;
  /** How easily it is guessed by one who knows `about`: names, the server's name. */
  strength(password: string, about: readonly string[]): Promise<Strength>;
}

interface Waiting {
  readonly job: PasswordJob;
  resolve(value: string | boolean | Strength): void;
  reject(error: unknown): void;
}

interface Slot {
  worker: Worker | undefined;
  running: Waiting | undefined;
  /** Counts jobs, so that an idle timer knows whether it is out of date. */
  turns: number;
}

export interface PasswordPoolDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly workerUrl?: URL;
}

/**
 * Argon2id and the judgement of passwords in at most two workers, with a bounded queue.
 * Every call may throw OperationError `unavailable` when the queue is full.
 */
export class PasswordPool implements Passwords, AsyncDisposable {
  readonly #deps: PasswordPoolDeps;
  readonly #slots: Slot[];
  readonly #queue: Waiting[] = [];
  readonly #closing = new AbortController();

  constructor(deps: PasswordPoolDeps) {
    this.#deps = deps;
    this.#slots = Array.from({ length: PASSWORD_WORKERS }, () => ({
      worker: undefined,
      running: undefined,
      turns: 0,
    }));
  }

  async hash(password: string): Promise<string> {
    const salt = this.#deps.rng.bytes(SALT_BYTES);
    return await this.#run({ kind: "hash", password: password.normalize("NFC"), salt }) as string;
  }

  async verify(password: string, encoded: string): Promise<boolean> {
    const job = { kind: "verify", password: password.normalize("NFC"), encoded } as const;
    return await this.#run(job) as boolean;
  }

  async strength(password: string, about: readonly string[]): Promise<Strength> {
    const job = { kind: "strength", password: password.normalize("NFC"), about } as const;
    return await this.#run(job) as Strength;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const slot of this.#slots) this.#endWorker(slot, new Error("The server is stopping."));
    for (const waiting of this.#queue.splice(0)) waiting.reject(busy());
    return Promise.resolve();
  }

  #run(job: PasswordJob): Promise<string | boolean | Strength> {
    if (this.#queue.length >= PASSWORD_QUEUE || this.#closing.signal.aborted) {
      return Promise.reject(busy());
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.running !== undefined) continue;
      const next = this.#queue.shift();
      if (next === undefined) return;
      slot.running = next;
      slot.turns++;
      slot.worker ??= this.#startWorker(slot);
      slot.worker.postMessage(next.job);
    }
  }

  #startWorker(slot: Slot): Worker {
    const worker = new Worker(this.#deps.workerUrl ?? PASSWORD_WORKER_URL, { type: "module" });
    worker.onmessage = (message: MessageEvent<PasswordAnswer>) => {
      const answer = message.data;
      const waiting = slot.running;
      slot.running = undefined;
      if (answer.ok) waiting?.resolve(answer.value);
      else waiting?.reject(new Error(`Password worker: ${answer.error}`));
      this.#dispatch();
      if (slot.running === undefined) this.#endWhenIdle(slot);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#deps.log.log("error", "The password worker failed.", { error: event.message });
      this.#endWorker(slot, new Error(`Password worker: ${event.message}`));
      this.#dispatch();
    };
    return worker;
  }

  #endWhenIdle(slot: Slot): void {
    const turns = slot.turns;
    this.#deps.clock.sleep(IDLE_MS, this.#closing.signal).then(
      () => {
        if (slot.turns === turns) this.#endWorker(slot, undefined);
      },
      () => {}, // closing: the worker is ended there
    );
  }

  #endWorker(slot: Slot, reason: Error | undefined): void {
    slot.worker?.terminate();
    slot.worker = undefined;
    const waiting = slot.running;
    slot.running = undefined;
    waiting?.reject(reason);
  }
}

function busy(): OperationError {
  return new OperationError(
    "unavailable",
    "Too many people are signing in at this moment; try again in a few seconds.",
    { details: { retry_after_ms: RETRY_AFTER_MS } },
  );
}
