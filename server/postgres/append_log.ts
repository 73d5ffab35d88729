import type { RoomId } from "../../core/ids/room_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { AppendError } from "./append_error.ts";
import { type Batch, composeBatch, type Waiting, writeBatch } from "./batch.ts";
import { classifyFailure } from "./batch_failure.ts";
import { encodeEvent, type EventRow, type Position } from "./event_rows.ts";
import { type CommittedBatch, LogWriter } from "./log_writer.ts";
import type { TaggedRow } from "./row_kind.ts";
import { RoomQueues } from "./room_queues.ts";
import type { Sql } from "./sql.ts";
import { closeDeadWriters, pruneBatches, settleBatch } from "./writers.ts";
import { WriterLease } from "./writer_lease.ts";

/** The bounds of the log. Operational, not protocol: how much waits, how much goes at once. */
export const LOG_LIMITS = {
  /** Batches sent and not yet answered: while one waits for the disk, the next is prepared. */
  batchesInFlight: 4,
  entriesPerBatch: 512,
  bytesPerBatch: 4 * 1024 * 1024,
  /**
   * A further batch begins once one entry waits for so many under way: fewer and fuller batches
   * cost half as much work for each entry as sending each at once.
   */
  waitingShare: 2,
  /** Batches composed beyond the first unsettled one: what a reader scans at most. */
  unsettledBatches: 64,
  waitingEntries: 20_000,
  waitingBytes: 64 * 1024 * 1024,
  /** How often an entry is tried after failures that are not its own. */
  attempts: 5,
  /** Settled batches are forgotten after so many. */
  batchesPerPrune: 512,
} as const;

export type LogLimits = { readonly [Name in keyof typeof LOG_LIMITS]: number };

/** Everything that one act in one room stores, in one transaction. */
export interface AppendEntry {
  readonly roomId: RoomId;
  /** New events, in the order in which they get their positions. */
  readonly events?: readonly EventRow[];
  /** Stored events that changed (outcome, content, order): readers meet them again. */
  readonly updates?: readonly EventRow[];
  /** Rows of other tables: heads, state, outbox, or what a service needs. See `row_kind.ts`. */
  readonly rows?: readonly TaggedRow[];
}

export interface AppendLogOptions {
  /** Told how long each transaction took, from its sending to its commit (ms). */
  readonly onCommit?: (ms: number) => void;
  /** Told of each entry in the context of who appends it: for traces. */
  readonly onAppend?: (entry: AppendEntry) => void;
  /** The log's own connections; with the embedded database the only one there is. */
  readonly sql: Sql;
  /** A pool of one connection that lives as long as the log. See `Database.session`. */
  readonly session: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<LogLimits>;
}

/**
 * One writer per process. It gathers what waits into one transaction and keeps several of them
 * in flight: throughput comes from group commit, not from weaker promises (ARCHITECTURE.md).
 *
 * - An entry is answered after its commit, never before.
 * - Entries of one room are stored in the order in which they were handed in; batches with the
 *   same room never overlap in flight, and when an entry fails those waiting behind it in its
 *   room fail too, because they may rest on it.
 * - Subscribers get what was stored in the order of positions.
 */
export class AppendLog implements AsyncDisposable {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: LogLimits;
  readonly #lease: WriterLease;
  readonly #onAppend: AppendLogOptions["onAppend"];
  readonly #onCommit: AppendLogOptions["onCommit"];
  readonly #queues = new RoomQueues<Waiting>();
  readonly #subscribers = new Set<(batch: CommittedBatch) => void>();
  readonly #closing = new AbortController();
  /** Nothing is waited for any more: see `close`. */
  readonly #givingUp = new AbortController();
  #writer: LogWriter;
  #replacingWriter: Promise<void> | undefined;
  #inFlight = 0;
  #entriesInFlight = 0;
  #waitingBytes = 0;
  #composeScheduled = false;
  #sincePrune = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  private constructor(options: AppendLogOptions, lease: WriterLease) {
    this.#sql = options.sql;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#limits = { ...LOG_LIMITS, ...options.limits };
    this.#lease = lease;
    this.#onAppend = options.onAppend;
    this.#onCommit = options.onCommit;
    this.#writer = new LogWriter(lease.writerId);
  }

  /** Registers a new writer and closes those whose process died. */
  static async open(options: AppendLogOptions): Promise<AppendLog> {
    const lease = await WriterLease.take(options);
    const closed = await closeDeadWriters(options.sql, { except: [lease.writerId] });
    if (closed.length > 0) options.log.log("info", "Closed former log writers.", { closed });
    return new AppendLog(options, lease);
  }

  get writerId(): number {
    return this.#writer.id;
  }

  /** Everything this process stored up to here is readable by everybody. */
  get watermark(): Position {
    return { writerId: this.#writer.id, position: this.#writer.watermark };
  }

  /** For metrics, and for whoever stops: `unanswered` entries were taken and have no answer. */
  get load(): {
    readonly waiting: number;
    readonly inFlight: number;
    readonly unanswered: number;
  } {
    return {
      waiting: this.#queues.size,
      inFlight: this.#inFlight,
      unanswered: this.#queues.size + this.#entriesInFlight,
    };
  }

  /**
   * Stores an entry and answers with its last position, once it is committed.
   * @throws AppendError; then nothing of the entry is stored.
   */
  append(entry: AppendEntry): Promise<Position> {
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    if (this.#closing.signal.aborted) {
      reject(new AppendError("closed", "The server is stopping and stores nothing more."));
      return promise;
    }
    this.#onAppend?.(entry);
    const waiting = encodeEntry(entry, resolve, reject);
    if (
      this.#queues.size >= this.#limits.waitingEntries ||
      this.#waitingBytes + waiting.bytes > this.#limits.waitingBytes
    ) {
      reject(
        new AppendError(
          "overloaded",
          `${this.#queues.size} writes wait for the database already; try again in a moment.`,
        ),
      );
      return promise;
    }
    this.#waitingBytes += waiting.bytes;
    this.#queues.push(waiting);
    this.#scheduleCompose();
    return promise;
  }

  /** `handle` must not throw and should be quick. Returns the function that ends it. */
  subscribe(handle: (batch: CommittedBatch) => void): () => void {
    this.#subscribers.add(handle);
    return () => this.#subscribers.delete(handle);
  }

  /**
   * Stores what waits, then closes the writer, so that readers need not wait for its end.
   * `givingUp`: once it is aborted, a database that does not answer is waited for no longer. What
   * it was given then stays without an answer, because nobody knows whether it is stored.
   */
  async close(givingUp?: AbortSignal): Promise<void> {
    this.#closing.abort();
    const gaveUp = aborted(this.#givingUp.signal);
    const giveUp = () => this.#givingUp.abort();
    if (givingUp?.aborted) giveUp();
    givingUp?.addEventListener("abort", giveUp, { once: true });
    await Promise.race([this.#closeInOrder(), gaveUp]);
    givingUp?.removeEventListener("abort", giveUp);
  }

  async #closeInOrder(): Promise<void> {
    if (this.#queues.size > 0 || this.#inFlight > 0) {
      this.#idle = Promise.withResolvers();
      await this.#idle.promise;
    }
    await this.#replacingWriter;
    await this.#lease.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #scheduleCompose(): void {
    if (this.#composeScheduled) return;
    this.#composeScheduled = true;
    queueMicrotask(() => {
      this.#composeScheduled = false;
      this.#composeAll();
    });
  }

  #composeAll(): void {
    while (
      this.#inFlight < this.#limits.batchesInFlight &&
      this.#writer.unsettled < this.#limits.unsettledBatches &&
      this.#replacingWriter === undefined &&
      this.#queues.size * this.#limits.waitingShare >= this.#entriesInFlight
    ) {
      const waiting = this.#queues.take({
        items: this.#limits.entriesPerBatch,
        bytes: this.#limits.bytesPerBatch,
      });
      if (waiting.length === 0) break;
      for (const entry of waiting) this.#waitingBytes -= entry.bytes;
      this.#inFlight++;
      this.#entriesInFlight += waiting.length;
      void this.#send(composeBatch(this.#writer, waiting));
    }
    if (this.#idle && this.#inFlight === 0 && this.#queues.size === 0) this.#idle.resolve();
  }

  async #send(batch: Batch): Promise<void> {
    const writer = this.#writer;
    const begin = this.#clock.monotonic();
    try {
      await writeBatch(this.#sql, batch);
      this.#onCommit?.(this.#clock.monotonic() - begin);
      this.#stored(writer, batch);
    } catch (error) {
      const isStored = await this.#settle(batch);
      if (isStored === undefined) return;
      if (isStored) this.#stored(writer, batch);
      else this.#givenUp(writer, batch, error);
    }
    this.#inFlight--;
    this.#entriesInFlight -= batch.waiting.length;
    this.#queues.finish(batch.waiting);
    this.#composeAll();
    this.#pruneSometimes(writer);
  }

  /**
   * Asks until the database says whether the batch is stored: nothing is ever guessed. Undefined
   * where it was given up before.
   */
  async #settle(batch: Batch): Promise<boolean | undefined> {
    const { signal } = this.#givingUp;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await settleBatch(this.#sql, batch.open);
      } catch (error) {
        const level = attempt === 0 ? "warn" : "debug";
        this.#log.log(level, "The database does not say whether a batch is stored.", { error });
        await this.#clock.sleep(Math.min(20 * 2 ** attempt, 1000), signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  #stored(writer: LogWriter, batch: Batch): void {
    this.#deliver(writer, batch, true);
    for (const { waiting, lastPosition } of batch.placed) {
      waiting.resolve({ writerId: writer.id, position: lastPosition });
    }
  }

  #deliver(writer: LogWriter, batch: Batch, stored: boolean): void {
    for (const committed of writer.settle(batch.open, stored ? batch.events() : [])) {
      for (const handle of this.#subscribers) handle(committed);
    }
  }

  #givenUp(writer: LogWriter, batch: Batch, error: unknown): void {
    this.#deliver(writer, batch, false);
    const failure = classifyFailure(error);
    if (failure.kind === "writer_closed") this.#replaceWriter(writer);
    if (failure.kind === "entry" && batch.waiting.length > 1) {
      // One of them is at fault; each alone tells which, and the others are stored.
      this.#putBack(batch.waiting.map((waiting) => ({ ...waiting, alone: true })));
      return;
    }
    const lasting = failure.kind === "entry";
    const again: Waiting[] = [];
    const failedRooms = new Set<RoomId>();
    for (const waiting of batch.waiting) {
      const hopeful = !lasting && waiting.attempts + 1 < this.#limits.attempts;
      if (hopeful && !failedRooms.has(waiting.roomId)) {
        again.push({ ...waiting, attempts: waiting.attempts + 1 });
      } else {
        failedRooms.add(waiting.roomId);
        this.#fail(waiting, failure.error);
      }
    }
    this.#putBack(again);
    if (!lasting) this.#log.log("warn", "A batch of the log is tried again.", { error });
  }

  #putBack(waiting: readonly Waiting[]): void {
    for (const entry of waiting) this.#waitingBytes += entry.bytes;
    this.#queues.putBack(waiting);
  }

  #fail(waiting: Waiting, error: AppendError): void {
    waiting.reject(error);
    for (const behind of this.#queues.drain(waiting.roomId)) {
      this.#waitingBytes -= behind.bytes;
      behind.reject(
        new AppendError(
          "predecessor_failed",
          `An earlier write in room ${waiting.roomId} failed; build this one again.`,
          { cause: error },
        ),
      );
    }
  }

  /** Another process took this one for dead and closed its writer: it goes on as a new one. */
  #replaceWriter(closed: LogWriter): void {
    if (this.#writer !== closed || this.#replacingWriter) return;
    this.#log.log("warn", "This process was taken for dead; it becomes a new log writer.");
    this.#replacingWriter = this.#lease.renew(this.#givingUp.signal).then((writerId) => {
      if (writerId === undefined) return;
      this.#writer = new LogWriter(writerId);
      this.#replacingWriter = undefined;
      this.#composeAll();
    });
  }

  #pruneSometimes(writer: LogWriter): void {
    if (++this.#sincePrune < this.#limits.batchesPerPrune) return;
    this.#sincePrune = 0;
    pruneBatches(this.#sql, writer.id).catch((error) =>
      this.#log.log("debug", "Could not forget settled batches.", { error })
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function encodeEntry(
  entry: AppendEntry,
  resolve: (position: Position) => void,
  reject: (error: AppendError) => void,
): Waiting {
  const events = (entry.events ?? []).map((row) => ({ row, encoded: encodeEvent(row) }));
  const updates = (entry.updates ?? []).map((row) => ({ row, encoded: encodeEvent(row) }));
  let bytes = 0;
  for (const { row, encoded } of [...events, ...updates]) {
    bytes += row.pdu.length + encoded.length;
  }
  return {
    roomId: entry.roomId,
    events,
    updates,
    rows: entry.rows ?? [],
    bytes,
    alone: false,
    attempts: 0,
    resolve,
    reject,
  };
}
