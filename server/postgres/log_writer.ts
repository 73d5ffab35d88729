import { assert } from "../../core/assert.ts";
import type { StoredEvent } from "./event_rows.ts";

/** What one commit stored, in the order of positions. */
export interface CommittedBatch {
  readonly writerId: number;
  /** Everything this writer stored up to here has been delivered before this batch. */
  readonly previousPosition: number;
  readonly lastPosition: number;
  readonly events: readonly StoredEvent[];
}

/** A batch between its composition and its settlement. */
export interface OpenBatch {
  readonly writerId: number;
  readonly batchNo: number;
  readonly lastPosition: number;
  /** The watermark as it was known when the batch was composed; it travels with the batch. */
  readonly settledNo: number;
  readonly settledPosition: number;
}

/**
 * One writer's numbers: hands out batch numbers and positions, and settles batches in order
 * although they end out of order. Pure bookkeeping, no I/O.
 */
export class LogWriter {
  readonly id: number;
  #nextBatchNo = 1;
  #lastPosition = 0;
  #settledNo = 0;
  #settledPosition = 0;
  /** Batches that ended before one that was composed earlier. */
  readonly #ended = new Map<number, { lastPosition: number; events: readonly StoredEvent[] }>();

  constructor(id: number) {
    this.id = id;
  }

  /** Batches composed and not yet settled. */
  get unsettled(): number {
    return this.#nextBatchNo - 1 - this.#settledNo;
  }

  /** The position that the next stored thing would take in the batch to be composed. */
  get nextPosition(): number {
    return this.#lastPosition + 1;
  }

  /** Every event of this writer up to here is stored, or never will be. */
  get watermark(): number {
    return this.#settledPosition;
  }

  compose(positions: number): OpenBatch {
    this.#lastPosition += positions;
    return {
      writerId: this.id,
      batchNo: this.#nextBatchNo++,
      lastPosition: this.#lastPosition,
      settledNo: this.#settledNo,
      settledPosition: this.#settledPosition,
    };
  }

  /** The batch is stored (`events`) or given up (none). Answers what is now deliverable. */
  settle(batch: OpenBatch, events: readonly StoredEvent[]): readonly CommittedBatch[] {
    assert(batch.writerId === this.id, "A batch was settled with another writer.");
    assert(batch.batchNo > this.#settledNo, "A batch was settled twice.");
    assert(!this.#ended.has(batch.batchNo), "A batch was settled twice.");
    this.#ended.set(batch.batchNo, { lastPosition: batch.lastPosition, events });
    const deliverable: CommittedBatch[] = [];
    while (true) {
      const next = this.#ended.get(this.#settledNo + 1);
      if (!next) return deliverable;
      this.#ended.delete(++this.#settledNo);
      deliverable.push({
        writerId: this.id,
        previousPosition: this.#settledPosition,
        lastPosition: next.lastPosition,
        events: next.events,
      });
      this.#settledPosition = next.lastPosition;
    }
  }
}
