import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { AppendLog } from "./append_log.ts";
import { type AnnouncedBatch, BATCH_SUBJECT, decodeBatch, encodeBatch } from "./batch_message.ts";
import type { StoredEvent } from "./event_rows.ts";
import { currentToken, readSince } from "./log_reader.ts";
import type { CommittedBatch } from "./log_writer.ts";
import type { Sql } from "./sql.ts";
import { advanceToken, hasRead, joinTokens, readPosition, type SyncToken } from "./sync_token.ts";
import { closeDeadWriters } from "./writers.ts";

/** Events that have become readable, and how far a reader of all that came so far has read. */
export interface FeedBatch {
  readonly events: readonly StoredEvent[];
  readonly token: SyncToken;
}

export interface LogFeedOptions {
  readonly sql: Sql;
  readonly log: AppendLog;
  /** `INSTANCE_FACT` of the database. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Log;
  /** Between processes. Absent: this process is the only one, or others are found by polling. */
  readonly bus?: Bus;
  /** How often to look for what no message told of; absent with one process alone. */
  readonly pollMs?: number;
}

const PAGE_EVENTS = 500;

/**
 * Everything that is stored in this homeserver from now on, by whichever process: each event
 * once, each writer's in the order of positions. What this process stores comes at once, what
 * others store by message, and whatever a message failed to tell from Postgres.
 */
export class LogFeed implements AsyncDisposable {
  readonly #options: LogFeedOptions;
  readonly #subscribers = new Set<(batch: FeedBatch) => void>();
  readonly #ending = new AbortController();
  readonly #endings: (() => void)[] = [];
  readonly #polling: Promise<void>;
  #token: SyncToken;
  #catchingUp: Promise<void> | undefined;
  #catchUpAgain = false;

  private constructor(options: LogFeedOptions, token: SyncToken) {
    this.#options = options;
    // Between the reading of the token and now the log may have gone on: begin with its present.
    this.#token = advanceToken(token, options.log.watermark);
    this.#endings.push(options.log.subscribe((batch) => this.#takeOwn(batch)));
    const { bus } = options;
    if (bus) this.#endings.push(bus.subscribe(BATCH_SUBJECT, (bytes) => this.#takeMessage(bytes)));
    this.#polling = options.pollMs === undefined ? Promise.resolve() : this.#poll(options.pollMs);
  }

  static async open(options: LogFeedOptions): Promise<LogFeed> {
    return new LogFeed(options, await currentToken(options.sql, options.instance));
  }

  /** How far subscribers have been given everything. */
  get token(): SyncToken {
    return this.#token;
  }

  /** `handle` must not throw and should be quick. Returns the function that ends it. */
  subscribe(handle: (batch: FeedBatch) => void): () => void {
    this.#subscribers.add(handle);
    return () => this.#subscribers.delete(handle);
  }

  /** Ends when subscribers have been given everything that was stored before the call. */
  async catchUp(): Promise<void> {
    // One that is under way may have read before.
    await this.#catchingUp;
    this.#startCatchUp();
    await this.#catchingUp;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    for (const end of this.#endings) end();
    await this.#polling;
    await this.#catchingUp;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #takeOwn(batch: CommittedBatch): void {
    this.#options.bus?.publish(BATCH_SUBJECT, encodeBatch(batch));
    this.#give(batch.events, this.#reached(batch));
  }

  #takeMessage(bytes: Uint8Array): void {
    const batch = this.#decode(bytes);
    if (!batch) return this.#startCatchUp();
    const read = readPosition(this.#token, batch.writerId);
    if (read >= batch.lastPosition) return;
    if (batch.events === undefined || read < batch.previousPosition) this.#startCatchUp();
    else this.#give(batch.events, this.#reached(batch));
  }

  #decode(bytes: Uint8Array): AnnouncedBatch | undefined {
    try {
      return decodeBatch(bytes);
    } catch (error) {
      this.#options.logger.log("warn", "A bus message about the log is not readable.", { error });
      return undefined;
    }
  }

  #reached(batch: { readonly writerId: number; readonly lastPosition: number }): SyncToken {
    return advanceToken(this.#token, { writerId: batch.writerId, position: batch.lastPosition });
  }

  /** Gives what has not been given, whichever way it came first. */
  #give(events: readonly StoredEvent[], token: SyncToken): void {
    const fresh = events.filter((event) => !hasRead(this.#token, event));
    this.#token = token;
    if (fresh.length === 0) return;
    for (const handle of this.#subscribers) handle({ events: fresh, token });
  }

  #startCatchUp(): void {
    if (this.#catchingUp) {
      this.#catchUpAgain = true;
      return;
    }
    this.#catchingUp = this.#catchUp()
      .catch((error) =>
        this.#options.logger.log("warn", "Could not read the log of other processes.", { error })
      )
      .finally(() => {
        this.#catchingUp = undefined;
        if (this.#catchUpAgain && !this.#ending.signal.aborted) {
          this.#catchUpAgain = false;
          this.#startCatchUp();
        }
      });
  }

  async #catchUp(): Promise<void> {
    for (let more = true; more && !this.#ending.signal.aborted;) {
      const page = await readSince(this.#options.sql, this.#token, { limit: PAGE_EVENTS });
      // Meanwhile messages may have told of some of it, or of more.
      this.#give(page.events, joinTokens(this.#token, page.token));
      more = page.more;
    }
  }

  async #poll(pollMs: number): Promise<void> {
    const { sql, log, clock, logger } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await clock.sleep(pollMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const closed = await closeDeadWriters(sql, { except: [log.writerId] });
        if (closed.length > 0) logger.log("info", "Closed log writers that died.", { closed });
      } catch (error) {
        logger.log("warn", "Could not look after other log writers.", { error });
      }
      this.#startCatchUp();
    }
  }
}
