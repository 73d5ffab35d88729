import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Sql } from "../../postgres/sql.ts";
import { WorkLoop } from "../work_loop.ts";
import { type Mail, type Mailer, MailError } from "./mailer.ts";
import type { MailKind } from "./mail_queue.ts";

/** Sent side by side by one process; a mail server counts connections. */
const MAILS_PER_ROUND = 4;
/** What another process queued, or a command, is found after this time at the latest. */
const INTERVAL_MS = 15_000;
/** A claim is dead after so long: longer than any mail server is waited for. */
const CLAIM_MS = 5 * 60_000;
/** First pause after a failure, doubled up to the longest. */
const PAUSE_MS = 30_000;
const PAUSE_MAX_MS = 30 * 60_000;

/** A mail of the queue, claimed by this process. */
export interface DueMail {
  readonly id: number;
  readonly kind: MailKind;
  readonly recipient: string | null;
  readonly language: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly tries: number;
}

/** `dropped`: what it was about is gone; `refused`: the mail server takes it never. */
export type MailOutcome = "sent" | "postponed" | "refused" | "expired" | "dropped";

export interface MailJobDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  /** What the mail says, with fresh links; undefined where it is of no use any more. */
  readonly prepare: (due: DueMail) => Promise<Mail | undefined>;
  readonly count: (outcome: MailOutcome, mails: number) => void;
}

/** Sends what is in the queue: one process at a time holds a mail, and a crash repeats it. */
export class MailJobs implements AsyncDisposable {
  readonly #deps: MailJobDeps;
  readonly #loop: WorkLoop;

  constructor(deps: MailJobDeps) {
    this.#deps = deps;
    this.#loop = new WorkLoop(deps, {
      round: (signal) => this.#round(signal),
      intervalMs: INTERVAL_MS,
      trouble: "The queue of mails could not be worked on; it is tried again.",
    });
  }

  wake(): void {
    this.#loop.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
  }

  async #round(signal: AbortSignal): Promise<void> {
    await this.#expire();
    for (let due = await this.#claim(); due.length > 0; due = await this.#claim()) {
      await Promise.all(due.map((mail) => this.#carryOut(mail)));
      if (signal.aborted) return;
    }
  }

  async #expire(): Promise<void> {
    const { sql, clock, log, count } = this.#deps;
    const gone = await sql`delete from outgoing_mails where expires_ts <= ${clock.now()}`;
    if (gone.count === 0) return;
    count("expired", gone.count);
    log.log("error", "Mails were given up: the mail server did not take them in time.", {
      mails: gone.count,
    });
  }

  /** Pushed ahead before the work begins: another process leaves it alone, a crash repeats it. */
  async #claim(): Promise<readonly DueMail[]> {
    const now = this.#deps.clock.now();
    return await this.#deps.sql<DueMail[]>`
      with due as (
        select id from outgoing_mails where next_try_ts <= ${now} and expires_ts > ${now}
        order by next_try_ts, id limit ${MAILS_PER_ROUND} for update skip locked)
      update outgoing_mails m set tries = m.tries + 1, next_try_ts = ${now + CLAIM_MS}
      from due where m.id = due.id
      returning m.id, m.kind, m.recipient, m.language, m.about, m.tries`;
  }

  async #carryOut(due: DueMail): Promise<void> {
    try {
      const mail = await this.#deps.prepare(due);
      if (mail !== undefined) await this.#deps.mailer.send(mail);
      await this.#done(due, mail === undefined ? "dropped" : "sent");
    } catch (error) {
      await this.#failed(due, error);
    }
  }

  async #done(due: DueMail, outcome: MailOutcome): Promise<void> {
    await this.#deps.sql`delete from outgoing_mails where id = ${due.id}`;
    this.#deps.count(outcome, 1);
  }

  /** The log names no address: who writes to whom is nobody's business there. */
  async #failed(due: DueMail, error: unknown): Promise<void> {
    const { sql, clock, log, count } = this.#deps;
    const failure = error instanceof MailError ? error.kind : "broken";
    const said = { mail: due.kind, tries: due.tries, failure, error };
    if (failure === "refused") {
      log.log("warn", "A mail was refused by the mail server and is not tried again.", said);
      return await this.#done(due, "refused");
    }
    log.log("warn", "A mail could not be sent and is tried again.", said);
    const pauseMs = Math.min(PAUSE_MS * 2 ** Math.min(due.tries - 1, 20), PAUSE_MAX_MS);
    await sql`
      update outgoing_mails set next_try_ts = ${clock.now() + pauseMs} where id = ${due.id}`;
    count("postponed", 1);
  }
}
