import type { DigestChoice } from "../../../core/api/digest.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import { nextDigest } from "../../../core/rules/digest_time.ts";
import type { WaitingFor } from "../../../ui/lib/mail/mail_parts.ts";
import type { Sql } from "../../postgres/sql.ts";
import { queueNews } from "../mail/mail_queue.ts";
import { WorkLoop } from "../work_loop.ts";

/** How late a mail may be looked for. */
const INTERVAL_MS = 60_000;
/** Accounts that are looked at in one round; the others wait for the next. */
const PER_ROUND = 100;
/** One that could not be looked at is tried again after so long. */
const PAUSE_MS = 3_600_000;
/** A mail server that is away for longer is not sent yesterday's. */
const USEFUL_MS = 12 * 3_600_000;

export interface DigestJobDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  /** What came after a time (ms) and waits for a user; undefined: nothing. */
  readonly waitingFor: (userId: UserId, afterTs: number) => Promise<WaitingFor | undefined>;
  /** A mail may wait. */
  readonly wakeMail: () => void;
}

interface Due extends DigestChoice {
  readonly user_id: UserId;
  readonly stop_token: string;
  readonly told_ts: number;
  readonly next_ts: number;
  readonly state: string;
}

/** Rolls back what was written of a digest: it stays due. */
class QueueFull extends Error {
  override readonly name = "QueueFull";
}

/**
 * Looks for what waits for those who want mails about it, when they are due. Each period is one
 * mail at the most, of whichever process: it is queued in the transaction that moves the time on.
 */
export class DigestJobs implements AsyncDisposable {
  readonly #deps: DigestJobDeps;
  readonly #loop: WorkLoop;

  constructor(deps: DigestJobDeps) {
    this.#deps = deps;
    this.#loop = new WorkLoop(deps, {
      round: (signal) => this.#round(signal),
      intervalMs: INTERVAL_MS,
      trouble: "It could not be looked for who gets mails about what waits; it is tried again.",
    });
  }

  wake(): void {
    this.#loop.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const due = await sql<Due[]>`
      select d.user_id, d.every, d.weekday, d.hour, d.zone, d.stop_token, d.told_ts, d.next_ts,
        u.state
      from digests d join users u using (user_id)
      where d.next_ts <= ${clock.now()} order by d.next_ts, d.user_id limit ${PER_ROUND}`;
    for (const each of due) {
      if (signal.aborted) return;
      try {
        await this.#carryOut(each);
      } catch (error) {
        if (error instanceof QueueFull) {
          log.log("warn", "Too many mails wait to be sent: those about what waits come later.", {});
          return;
        }
        log.log("error", "It could not be seen what waits for an account, for its mail.", {
          error,
        });
        await sql`
          update digests set next_ts = ${clock.now() + PAUSE_MS}
          where user_id = ${each.user_id} and next_ts = ${each.next_ts}`;
      }
    }
  }

  async #carryOut(due: Due): Promise<void> {
    const { sql, clock, waitingFor, wakeMail } = this.#deps;
    const nowMs = clock.now();
    const waiting = due.state === "active" ? await waitingFor(due.user_id, due.told_ts) : undefined;
    const nextTs = nextDigest(due, nowMs);
    const queued = await sql.begin(async (tx) => {
      // Another process was faster, or the choice was changed meanwhile: it is not due any more.
      const mine = await tx`
        update digests set next_ts = ${nextTs},
          told_ts = case when ${
        waiting !== undefined
      }::boolean then ${nowMs}::bigint else told_ts end
        where user_id = ${due.user_id} and next_ts = ${due.next_ts}`;
      if (mine.count === 0 || waiting === undefined) return false;
      const isQueued = await queueNews(tx, {
        kind: "digest",
        userId: due.user_id,
        nowMs,
        usefulMs: USEFUL_MS,
        about: { waiting: JSON.stringify(waiting), every: due.every, stop: due.stop_token },
      });
      if (!isQueued) throw new QueueFull("Too many mails wait to be sent.");
      return true;
    });
    if (queued) wakeMail();
  }
}
