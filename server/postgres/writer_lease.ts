import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Sql } from "./sql.ts";
import { closeWriter, holdAlive, registerWriter, releaseAlive } from "./writers.ts";

export interface LeaseOptions {
  readonly session: Sql;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the life lock is looked after. */
const CHECK_MS = 5_000;

/**
 * This process's right to write to the log: a writer number and a session lock that others see
 * vanish when the process dies. Lost connections are made again and the lock taken back.
 */
export class WriterLease {
  readonly #options: LeaseOptions;
  readonly #ending = new AbortController();
  #writerId: number;
  readonly #watch: Promise<void>;

  private constructor(options: LeaseOptions, writerId: number) {
    this.#options = options;
    this.#writerId = writerId;
    this.#watch = this.#keep();
  }

  static async take(options: LeaseOptions): Promise<WriterLease> {
    return new WriterLease(options, await registerWriter(options.session, options.clock.now()));
  }

  get writerId(): number {
    return this.#writerId;
  }

  /**
   * Becomes a new writer, because the former one was closed. Tries until it succeeds, or until
   * `givingUp` is aborted: then there is none.
   */
  async renew(givingUp: AbortSignal): Promise<number | undefined> {
    const { session, clock, log } = this.#options;
    for (let attempt = 0; !givingUp.aborted; attempt++) {
      try {
        this.#writerId = await registerWriter(session, clock.now());
        return this.#writerId;
      } catch (error) {
        log.log("warn", "Could not become a new log writer; trying again.", { error });
        await clock.sleep(Math.min(50 * 2 ** attempt, 2000), givingUp).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Closes the writer, so that readers can go past it, and lets the lock go. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#watch;
    const { session, log } = this.#options;
    try {
      await session.begin((tx) => closeWriter(tx, this.#writerId));
      await releaseAlive(session, this.#writerId);
    } catch (error) {
      log.log("warn", "Could not close the log writer; another process will.", { error });
    }
  }

  /** A session lock is counted, so it is asked for again only when its session was replaced. */
  async #keep(): Promise<void> {
    const { session, clock, log } = this.#options;
    const { signal } = this.#ending;
    let backend: number | undefined;
    while (!signal.aborted) {
      try {
        const [row] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
        if (backend !== undefined && row?.pid !== backend) {
          await holdAlive(session, this.#writerId);
          log.log("info", "Took the log writer's life lock again on a new connection.");
        }
        backend = row?.pid;
      } catch (error) {
        log.log("debug", "The log writer's session does not answer.", { error });
      }
      await clock.sleep(CHECK_MS, signal).catch(() => undefined);
    }
  }
}
