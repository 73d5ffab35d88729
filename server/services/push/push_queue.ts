import type { PushPayload } from "../../../core/api/push.ts";
import { RINGING } from "../../../core/api/ringing.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Sql } from "../../postgres/sql.ts";
import { dropPushEndpoint, notePushed, type PushTarget } from "./push_rows.ts";
import type { PushOutcome } from "./push_sender.ts";

/** Messages that wait to be sent, to all devices and to one; beyond it the oldest go. */
export const PUSH_QUEUE = { all: 10_000, perDevice: 20 } as const;
/** Requests to push services at once. */
const AT_ONCE = 8;
/** Of one message; then it is given up. */
const TRIES_MAX = 6;
/** Before the second try; each further one waits twice as long. */
const FIRST_WAIT_MS = 5000;
/** Whatever a push service asks for, nothing waits longer. */
const LONGEST_WAIT_MS = 30 * 60_000;
/** Who has not been told by then is not told any more; of a call, once it does not ring. */
const STALE_MS = 2 * 3600_000;
/** How long a push service keeps a message for a device that is away (s). */
const KEPT_S = 12 * 3600;

interface Job {
  readonly target: PushTarget;
  readonly payload: PushPayload;
  readonly sinceMs: number;
  tries: number;
  /** Not before (monotonic, ms). */
  dueMs: number;
}

export interface PushQueueDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly send: (target: PushTarget, payload: string, ttlS: number) => Promise<PushOutcome>;
}

/**
 * Messages on their way to devices, in memory: what is lost with the process costs a notification
 * and no message. A device has one request at a time, so that its push service gets them in order.
 */
export class PushQueue implements AsyncDisposable {
  readonly #deps: PushQueueDeps;
  readonly #ending = new AbortController();
  #jobs: Job[] = [];
  readonly #busy = new Map<string, Promise<void>>();

  constructor(deps: PushQueueDeps) {
    this.#deps = deps;
  }

  /** Messages that wait or are being sent. */
  get size(): number {
    return this.#jobs.length + this.#busy.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#jobs = [];
    await Promise.all(this.#busy.values());
  }

  add(target: PushTarget, payload: PushPayload): void {
    if (this.#ending.signal.aborted) return;
    const nowMs = this.#deps.clock.monotonic();
    const own = this.#jobs.filter((job) => job.target.sessionId === target.sessionId);
    // A device that has not heard of a call would ring for one that is over.
    if (payload.kind === "call_over" && this.#drop("call", target, payload.room_id)) return;
    const over = own.length >= PUSH_QUEUE.perDevice
      ? own[0]
      : this.#jobs.length >= PUSH_QUEUE.all
      ? this.#jobs[0]
      : undefined;
    if (over !== undefined) this.#jobs.splice(this.#jobs.indexOf(over), 1);
    this.#jobs.push({ target, payload, sinceMs: nowMs, tries: 0, dueMs: nowMs });
    this.#work();
  }

  /** Nothing more is sent to a device that has ended. */
  forget(gone: (target: PushTarget) => boolean): void {
    this.#jobs = this.#jobs.filter(({ target }) => !gone(target));
  }

  /** Whether something of that kind waited for the device about the room: it does no longer. */
  #drop(kind: PushPayload["kind"], { sessionId }: PushTarget, roomId: string | undefined): boolean {
    const at = this.#jobs.findIndex(({ target, payload }) =>
      target.sessionId === sessionId && payload.kind === kind && payload.room_id === roomId
    );
    if (at >= 0) this.#jobs.splice(at, 1);
    return at >= 0;
  }

  #work(): void {
    const nowMs = this.#deps.clock.monotonic();
    for (const job of [...this.#jobs]) {
      if (this.#busy.size >= AT_ONCE) return;
      if (job.dueMs > nowMs || this.#busy.has(job.target.sessionId)) continue;
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
      const work = this.#try(job).finally(() => {
        this.#busy.delete(job.target.sessionId);
        this.#work();
      });
      this.#busy.set(job.target.sessionId, work);
    }
  }

  async #try(job: Job): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const { target } = job;
    const rings = job.payload.kind === "call";
    const ttlS = rings ? RINGING.ringMs / 1000 : KEPT_S;
    const outcome = await this.#deps.send(target, JSON.stringify(job.payload), ttlS);
    job.tries++;
    try {
      if (outcome.kind === "sent") await notePushed(sql, target, clock.now());
      if (outcome.kind === "gone") {
        await dropPushEndpoint(sql, target);
        this.forget((each) => each.endpoint === target.endpoint);
      }
    } catch (error) {
      log.log("error", "What became of a push could not be kept.", { error });
    }
    if (outcome.kind === "refused") {
      log.log("warn", "A push service refuses a message.", { reason: outcome.reason });
    }
    if (outcome.kind === "later") this.#again(job, outcome);
  }

  #again(job: Job, { reason, afterMs = 0 }: Extract<PushOutcome, { kind: "later" }>): void {
    const { clock, rng, log } = this.#deps;
    const nowMs = clock.monotonic();
    if (job.tries >= TRIES_MAX || nowMs - job.sinceMs > staleAfter(job)) {
      log.log("warn", "A push was given up.", { tries: job.tries, reason });
      return;
    }
    if (this.#ending.signal.aborted) return;
    const { kind, room_id } = job.payload;
    if (kind === "call" && this.#drop("call_over", job.target, room_id)) return;
    const spread = 1 + (rng.bytes(1)[0] ?? 0) / 512;
    const waitMs = Math.min(
      LONGEST_WAIT_MS,
      Math.max(afterMs, FIRST_WAIT_MS * 2 ** (job.tries - 1) * spread),
    );
    job.dueMs = nowMs + waitMs;
    // Where it was: before what came for the device since then.
    this.#jobs.unshift(job);
    void clock.sleep(waitMs, this.#ending.signal).then(() => {
      job.dueMs = 0;
      this.#work();
    }, () => undefined);
  }
}

function staleAfter({ payload }: Job): number {
  return payload.kind === "call" ? RINGING.ringMs : STALE_MS;
}
