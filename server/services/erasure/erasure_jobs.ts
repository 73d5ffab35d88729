import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import { putNewest } from "../../../core/put_newest.ts";
import type { SignedReceipt } from "../../../federation/perform/erase.ts";
import { type ServerPolicy, TransportError } from "../../../federation/ports.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import { WorkLoop } from "../work_loop.ts";
import { eraseWords } from "./erase_words.ts";

const ORDERS_PER_ROUND = 20;
const INTERVAL_MS = 60_000;
/** First pause after a failure, doubled up to the longest; a claim is dead after as long. */
const PAUSE_MS = 5 * 60_000;
const PAUSE_MAX_MS = 24 * 3_600_000;
/** About a month of days: then the server is called one that refuses. */
const TRIES_MAX = 40;
/** A server that speaks to us is asked at once, but not more often than this. */
const EARLY_ASK_MS = 60_000;
/** Servers of which it is remembered when that was looked at. */
const HEARD_MAX = 1000;

export interface ErasureJobDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly serverName: ServerName;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: ServerPolicy;
  /** @throws TransportError */
  readonly ask: (
    server: ServerName,
    order: { readonly user: UserId; readonly before_ts: number; readonly seq: number },
  ) => Promise<SignedReceipt>;
}

interface DueReceipt {
  readonly user_id: UserId;
  readonly seq: number;
  readonly server: ServerName;
  readonly before_ts: number;
  readonly tries: number;
}

/** Carries erasures out, here and by asking other servers, until each has answered. */
export class ErasureJobs implements AsyncDisposable {
  readonly #deps: ErasureJobDeps;
  readonly #loop: WorkLoop;
  /** Server -> when it was last looked at what it owes, ms. */
  readonly #heard = new Map<ServerName, number>();

  constructor(deps: ErasureJobDeps) {
    this.#deps = deps;
    this.#loop = new WorkLoop(deps, {
      round: (signal) => this.#round(signal),
      intervalMs: INTERVAL_MS,
      trouble: "Erasures could not be carried out; they will be tried again.",
    });
  }

  wake(): void {
    this.#loop.wake();
  }

  /** It has just sent us a request, so it may be back: what it did not answer is asked again. */
  heardFrom(server: ServerName): void {
    const { sql, clock, log } = this.#deps;
    const now = clock.now();
    if (now - (this.#heard.get(server) ?? -Infinity) < EARLY_ASK_MS) return;
    putNewest(this.#heard, { key: server, value: now, max: HEARD_MAX });
    void sql`
      update erasure_receipts set next_try_ts = ${now}
      where server = ${server} and state = 'pending' and error is not null`
      .then(({ count }) => count > 0 && this.wake())
      .catch((error) =>
        log.log("warn", "What a server has to erase could not be asked again.", { server, error })
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
  }

  async #round(signal: AbortSignal): Promise<void> {
    for (let due = await this.#claim(); due.length > 0; due = await this.#claim()) {
      await Promise.all(due.map((receipt) => this.#carryOut(receipt)));
      if (signal.aborted) return;
    }
  }

  /** Pushed ahead before the work begins: another process leaves it alone, a crash repeats it. */
  async #claim(): Promise<readonly DueReceipt[]> {
    const now = this.#deps.clock.now();
    return await this.#deps.sql<DueReceipt[]>`
      with due as (
        select user_id, seq, server from erasure_receipts
        where state = 'pending' and next_try_ts <= ${now}
        order by next_try_ts limit ${ORDERS_PER_ROUND} for update skip locked)
      update erasure_receipts r set tries = r.tries + 1, next_try_ts = ${now + PAUSE_MS}
      from due, erasure_orders o
      where r.user_id = due.user_id and r.seq = due.seq and r.server = due.server
        and o.user_id = r.user_id and o.seq = r.seq
      returning r.user_id, r.seq, r.server, r.tries, o.before_ts`;
  }

  async #carryOut(due: DueReceipt): Promise<void> {
    const { serverName, policy, clock } = this.#deps;
    const order = { user: due.user_id, before_ts: due.before_ts, seq: due.seq };
    try {
      if (due.server === serverName) {
        const words = { user: due.user_id, rooms: undefined, beforeTs: due.before_ts };
        const erased = await eraseWords(this.#deps, words);
        await this.#done(due, { erased, done_ts: clock.now() });
        return;
      }
      const refusal = policy.refusal(due.server);
      if (refusal !== undefined) {
        return await this.#over(due, "This server does not speak with it.");
      }
      const receipt = await this.#deps.ask(due.server, order);
      await this.#done(due, receipt);
    } catch (error) {
      await this.#failed(due, error);
    }
  }

  async #done(
    { user_id, seq, server }: DueReceipt,
    receipt: Pick<SignedReceipt, "erased" | "done_ts"> & Partial<Pick<SignedReceipt, "signature">>,
  ): Promise<void> {
    await this.#deps.sql`
      update erasure_receipts set state = 'done', erased = ${receipt.erased},
        done_ts = ${receipt.done_ts}, key_id = ${receipt.signature?.key_id ?? null},
        signature = ${receipt.signature?.value ?? null}, error = null
      where user_id = ${user_id} and seq = ${seq} and server = ${server}`;
  }

  /** In our own words; what went wrong is for the log. */
  async #failed(due: DueReceipt, error: unknown): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const kind = error instanceof TransportError ? error.kind : "broken";
    log.log("warn", "An erasure was not carried out by a server.", {
      server: due.server,
      tries: due.tries,
      failure: kind,
      error,
    });
    if (due.tries >= TRIES_MAX) return await this.#over(due, "It did not answer for a month.");
    const pauseMs = Math.min(PAUSE_MS * 2 ** Math.min(due.tries, 20), PAUSE_MAX_MS);
    const words = kind === "refused" ? "It refused; it is asked again." : "It does not answer now.";
    await sql`
      update erasure_receipts set error = ${words}, next_try_ts = ${clock.now() + pauseMs}
      where user_id = ${due.user_id} and seq = ${due.seq} and server = ${due.server}`;
  }

  async #over({ user_id, seq, server }: DueReceipt, error: string): Promise<void> {
    await this.#deps.sql`
      update erasure_receipts set state = 'refused', error = ${error}
      where user_id = ${user_id} and seq = ${seq} and server = ${server}`;
  }
}
