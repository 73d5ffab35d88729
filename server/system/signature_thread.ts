import { type Equation, type SignatureCheck, WebCryptoEquation } from "../../core/event/verify.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { programModule } from "./assets.ts";

/** Fewer checks than this at once are made by Web Crypto: a message would take longer. */
const WORTH_A_MESSAGE = 8;
/** Checks that the thread has not answered; beyond that Web Crypto helps. */
const UNANSWERED_MAX = 20_000;
/** An idle thread ends, and its memory comes back. */
const IDLE_MS = 60_000;

const WORKER_URL = programModule(
  new URL("./signature_worker.ts", import.meta.url),
  "server/system/signature_worker",
);

interface Waiting {
  readonly check: SignatureCheck;
  resolve(holds: boolean): void;
  reject(error: unknown): void;
}

export interface SignatureThreadDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly workerUrl?: URL;
}

/**
 * Signatures of events that came together, checked in a thread of their own. Web Crypto wakes a
 * thread for each, which costs the one that asks about as much as the check; this is one message
 * for all that are asked for in one turn.
 */
export class SignatureThread implements Equation, Disposable {
  readonly #deps: SignatureThreadDeps;
  readonly #webCrypto = new WebCryptoEquation();
  readonly #closing = new AbortController();
  #gathered: Waiting[] = [];
  #worker: Worker | undefined;
  /** What was handed over, in the order in which it is answered. */
  #handed: Waiting[][] = [];
  #unanswered = 0;
  /** Counts messages, so that an idle timer knows whether it is out of date. */
  #turns = 0;
  /** An idle timer runs. */
  #watched = false;
  #failed = false;

  constructor(deps: SignatureThreadDeps) {
    this.#deps = deps;
  }

  holds(check: SignatureCheck): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ check, resolve, reject });
      if (this.#gathered.length === 1) queueMicrotask(() => this.#hand());
    });
  }

  /** Ends the thread; what it has not answered is checked by Web Crypto. */
  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#failed = true;
    this.#end();
  }

  #hand(): void {
    const list = this.#gathered;
    this.#gathered = [];
    const crowded = this.#unanswered + list.length > UNANSWERED_MAX;
    if (this.#failed || crowded || list.length < WORTH_A_MESSAGE) return this.#checkHere(list);
    this.#worker ??= this.#start();
    this.#handed.push(list);
    this.#unanswered += list.length;
    this.#turns++;
    this.#worker.postMessage(list.map(({ check }) => check));
  }

  #checkHere(list: readonly Waiting[]): void {
    for (const { check, resolve, reject } of list) {
      this.#webCrypto.holds(check).then(resolve, reject);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#deps.workerUrl ?? WORKER_URL, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<readonly boolean[]>) => {
      const list = this.#handed.shift() ?? [];
      this.#unanswered -= list.length;
      for (const [at, { resolve }] of list.entries()) resolve(data[at] === true);
      if (this.#handed.length === 0) this.#endWhenIdle();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#deps.log.log("error", "The thread that checks signatures failed.", {
        error: event.message,
      });
      this.#failed = true;
      this.#end();
    };
    return worker;
  }

  #endWhenIdle(): void {
    if (this.#watched) return;
    this.#watched = true;
    const turns = this.#turns;
    this.#deps.clock.sleep(IDLE_MS, this.#closing.signal).then(
      () => {
        this.#watched = false;
        if (this.#handed.length > 0) return; // looked at again when it is answered
        if (this.#turns === turns) this.#end();
        else this.#endWhenIdle();
      },
      () => {}, // closing: the thread is ended there
    );
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const left = this.#handed.flat();
    this.#handed = [];
    this.#unanswered = 0;
    this.#checkHere(left);
  }
}
