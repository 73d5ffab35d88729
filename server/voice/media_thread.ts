import type { Log } from "../../core/ports/log.ts";
import {
  joinFigures,
  type Media,
  type MediaFigures,
  type MediaOrder,
  type MediaPlan,
  type MediaReport,
  noFigures,
} from "../../voice/sfu/media.ts";
import type { EngineWish } from "../../voice/fast/open_fast.ts";
import { programModule } from "../system/assets.ts";
import type { FromThread, ToThread } from "./thread_words.ts";

const MODULE = programModule(
  new URL("./media_worker.ts", import.meta.url),
  "server/voice/media_worker",
);

export interface ThreadParts {
  readonly engine: EngineWish;
  readonly log: Log;
  report(report: MediaReport): void;
}

type Ready = Extract<FromThread, { kind: "ready" }>;

/**
 * The path of packets in a thread of its own, as this one sees it. A thread that breaks ends the
 * seats that it had, and is started anew for the next one.
 */
export class MediaThread implements Media {
  readonly #plan: MediaPlan;
  readonly #parts: ThreadParts;
  readonly #open = new Set<number>();
  #worker: Worker | undefined;
  readonly #ready: PromiseWithResolvers<Ready> = Promise.withResolvers();
  #is: Ready | undefined;
  /** Of threads that have broken. */
  #past = noFigures;
  #present = noFigures;
  #stopped = Promise.withResolvers<void>();
  #isClosing = false;

  private constructor(plan: MediaPlan, parts: ThreadParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  /** Rejects with a sentence where no address can be bound. */
  static async start(plan: MediaPlan, parts: ThreadParts): Promise<MediaThread> {
    const thread = new MediaThread(plan, parts);
    thread.#begin();
    try {
      thread.#is = await thread.#ready.promise;
    } catch (error) {
      thread.#worker?.terminate();
      throw error;
    }
    return thread;
  }

  get port(): number {
    return this.#is?.port ?? 0;
  }

  get engine(): Media["engine"] {
    return this.#is?.engine ?? "stock";
  }

  get candidates(): Media["candidates"] {
    return this.#is?.candidates ?? [];
  }

  tell(order: MediaOrder): void {
    if (this.#isClosing) return;
    if (order.kind === "open") {
      this.#open.add(order.seat);
      if (this.#worker === undefined) this.#begin();
    }
    if (order.kind === "close") this.#open.delete(order.seat);
    this.#say({ kind: "order", order });
  }

  stats(): MediaFigures {
    return joinFigures([this.#past, this.#present]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#worker === undefined) return;
    this.#say({ kind: "stop" });
    await this.#stopped.promise;
    this.#worker?.terminate();
  }

  #begin(): void {
    const worker = new Worker(MODULE, { type: "module", name: "voice" });
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#broke(worker, event.message);
    };
    this.#worker = worker;
    this.#stopped = Promise.withResolvers();
    // One that has had a port has told it to browsers: it is wanted again.
    const bind = this.#plan.bind.map(({ hostname, port }) => ({
      hostname,
      port: this.#is?.port ?? port,
    }));
    this.#say({ kind: "start", plan: { ...this.#plan, bind }, engine: this.#parts.engine });
  }

  #say(words: ToThread): void {
    this.#worker?.postMessage(words);
  }

  #hear(words: FromThread): void {
    switch (words.kind) {
      case "ready":
        return this.#ready.resolve(words);
      case "failed":
        if (this.#is === undefined) return this.#ready.reject(new Error(words.message));
        return this.#broke(this.#worker, words.message);
      case "report":
        if (words.report.kind === "state" && words.report.state === "failed") {
          this.#open.delete(words.report.seat);
        }
        return this.#parts.report(words.report);
      case "stats":
        this.#present = words.stats;
        return;
      case "log":
        return this.#parts.log.log(words.level, words.message, words.fields);
      case "stopped":
        return this.#stopped.resolve();
    }
  }

  #broke(worker: Worker | undefined, message: string): void {
    worker?.terminate();
    this.#stopped.resolve();
    if (this.#is === undefined) return this.#ready.reject(new Error(message));
    this.#parts.log.log("error", "A thread of voice has broken: its calls begin anew.", {
      error: message,
      port: this.port,
    });
    this.#worker = undefined;
    this.#past = this.stats();
    this.#present = noFigures;
    const seats = [...this.#open];
    this.#open.clear();
    for (const seat of seats) this.#parts.report({ kind: "state", seat, state: "failed" });
  }
}
