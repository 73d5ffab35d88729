import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Sql } from "../../postgres/sql.ts";
import { FIGURE_LIMITS } from "./figure_limits.ts";
import type { ProcessTally } from "./process_tally.ts";
import { sizeOfServer } from "./size_of_server.ts";

/** What can be read of a process at any moment. */
export interface Gauges {
  readonly sockets: number;
  readonly memoryBytes: number;
  readonly waiting: number;
}

export interface RecorderDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly tally: ProcessTally;
  readonly gauges: () => Gauges;
  /** Name of this process among those of the server. */
  readonly process: string;
}

/**
 * Writes down what this process does, a row every five minutes, and once an hour, whoever comes
 * first, a row for the whole server. A stop writes what was begun.
 */
export class FigureRecorder implements AsyncDisposable {
  readonly #deps: RecorderDeps;
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;
  #step: number;
  #most: Gauges;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#step = stepOf(deps.clock.now());
    this.#most = deps.gauges();
    this.#work = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#work;
    // A database that is away must not keep the server from stopping.
    const written = new AbortController();
    const late = this.#deps.clock.sleep(FIGURE_LIMITS.closeMs, written.signal)
      .catch(() => undefined);
    await Promise.race([this.#guarded(() => this.#write()), late]);
    written.abort();
  }

  async #run(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(FIGURE_LIMITS.lookMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#guarded(() => this.look());
    }
  }

  /** Looks at what fluctuates, and writes what a step has ended with. */
  async look(): Promise<void> {
    const now = this.#deps.gauges();
    this.#most = {
      sockets: Math.max(this.#most.sockets, now.sockets),
      waiting: Math.max(this.#most.waiting, now.waiting),
      memoryBytes: Math.max(this.#most.memoryBytes, now.memoryBytes),
    };
    const nowMs = this.#deps.clock.now();
    if (stepOf(nowMs) === this.#step) return;
    await this.#write();
    this.#step = stepOf(nowMs);
    this.#most = now;
    await addHour(this.#deps, nowMs);
    await sweepFigures(this.#deps.sql, nowMs);
  }

  async #write(): Promise<void> {
    const { sql, tally, process } = this.#deps;
    const sums = tally.take();
    await sql`
      insert into process_figures ${
      sql({
        process,
        ts: this.#step,
        messages: sums.messages,
        requests: sums.requests,
        failures: sums.failures,
        sockets: this.#most.sockets,
        memory_bytes: this.#most.memoryBytes,
        waiting: this.#most.waiting,
        commits: sums.commits,
        commit_sum_ms: sums.commitSumMs,
        commit_max_ms: sums.commitMaxMs,
      })
    } on conflict do nothing`;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.log("warn", "Figures of this process could not be written.", { error });
    }
  }
}

function stepOf(ms: number): number {
  return ms - ms % FIGURE_LIMITS.stepMs;
}

/** The row of the last whole hour, where nobody has written it and somebody measured. */
async function addHour(deps: Pick<RecorderDeps, "sql">, nowMs: number): Promise<void> {
  const { sql } = deps;
  const ts = nowMs - nowMs % FIGURE_LIMITS.hourMs - FIGURE_LIMITS.hourMs;
  const [held] = await sql`select 1 from hourly_figures where ts = ${ts}`;
  if (held !== undefined) return;
  const size = await sizeOfServer(sql, nowMs);
  await sql`
    insert into hourly_figures (ts, messages, requests, failures, sockets, memory_bytes, waiting,
      commits, commit_sum_ms, commit_max_ms, accounts, active, database_bytes, media_bytes)
    select ${ts}, sum(messages), sum(requests), sum(failures), max(sockets), max(memory_bytes),
      max(waiting), sum(commits), sum(commit_sum_ms), max(commit_max_ms), ${size.accounts}::int,
      ${size.activeDay}::int, ${size.databaseBytes}::bigint, ${size.mediaBytes}::bigint
    from (
      select ts, sum(messages) as messages, sum(requests) as requests, sum(failures) as failures,
        sum(sockets) as sockets, sum(memory_bytes) as memory_bytes, sum(waiting) as waiting,
        sum(commits) as commits, sum(commit_sum_ms) as commit_sum_ms,
        max(commit_max_ms) as commit_max_ms
      from process_figures where ts >= ${ts} and ts < ${ts + FIGURE_LIMITS.hourMs} group by ts
    ) steps having count(*) > 0
    on conflict do nothing`;
}

async function sweepFigures(sql: Sql, nowMs: number): Promise<void> {
  await sql`delete from process_figures where ts < ${nowMs - FIGURE_LIMITS.stepKeptMs}`;
  await sql`delete from hourly_figures where ts < ${nowMs - FIGURE_LIMITS.hourKeptMs}`;
}
