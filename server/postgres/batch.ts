import type { EventId } from "../../core/ids/event_id.ts";
import type { AppendError } from "./append_error.ts";
import {
  type EventRow,
  insertEvents,
  type PlacedEvent,
  type Position,
  type StoredEvent,
  updateEvents,
} from "./event_rows.ts";
import type { LogWriter, OpenBatch } from "./log_writer.ts";
import type { QueuedItem } from "./room_queues.ts";
import type { Fragment, RowWriter, TaggedRow } from "./row_kind.ts";
import type { Sql } from "./sql.ts";

export interface EncodedEvent {
  readonly row: EventRow;
  readonly encoded: string;
}

/** An entry between `append` and its answer. */
export interface Waiting extends QueuedItem {
  readonly events: readonly EncodedEvent[];
  readonly updates: readonly EncodedEvent[];
  readonly rows: readonly TaggedRow[];
  readonly attempts: number;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: AppendError) => void;
}

/** Entries with their numbers, ready to be sent. */
export interface Batch {
  readonly open: OpenBatch;
  readonly waiting: readonly Waiting[];
  readonly placed: readonly { readonly waiting: Waiting; readonly lastPosition: number }[];
  readonly inserts: readonly PlacedEvent[];
  readonly updates: readonly PlacedEvent[];
  /** What subscribers get, in the order of positions. */
  events(): readonly StoredEvent[];
}

/** Gives every event its position and the batch its number. */
export function composeBatch(writer: LogWriter, waiting: readonly Waiting[]): Batch {
  const first = writer.nextPosition;
  let position = first - 1;
  const inserts: PlacedEvent[] = [];
  const insertIndex = new Map<EventId, number>();
  const updates = new Map<EventId, PlacedEvent>();
  const placed = waiting.map((entry) => {
    for (const { row, encoded } of entry.events) {
      insertIndex.set(row.eventId, inserts.length);
      inserts.push({ row, encoded, position: ++position });
    }
    for (const { row, encoded } of entry.updates) {
      // One statement sees no row that it inserts itself: a change to an event of this very
      // batch is stored as that event, changed.
      const changed = { row, encoded, position: ++position };
      const index = insertIndex.get(row.eventId);
      if (index === undefined) updates.set(row.eventId, changed);
      else inserts[index] = changed;
    }
    return { waiting: entry, lastPosition: position };
  });
  const open = writer.compose(position - first + 1);
  return {
    open,
    waiting,
    placed,
    inserts,
    updates: [...updates.values()],
    events: () => {
      const stored: StoredEvent[] = [];
      for (const { row, position } of inserts) {
        stored.push({ ...row, writerId: writer.id, position });
      }
      for (const { row, position } of updates.values()) {
        stored.push({ ...row, writerId: writer.id, position, moved: true });
      }
      return stored.sort((a, b) => a.position - b.position);
    },
  };
}

/**
 * Sends the batch as one statement, and so as one transaction in one round trip: a part
 * `with ... as (insert ...)` for each table, and `open_log_batch`, which refuses all of it when
 * the writer is closed.
 */
export async function writeBatch(sql: Sql, batch: Batch): Promise<void> {
  const { open } = batch;
  const parts: { name: string; statement: Fragment }[] = [];
  if (batch.inserts.length > 0) {
    parts.push({
      name: "new_events",
      statement: insertEvents(sql, open.writerId, batch.inserts),
    });
  }
  if (batch.updates.length > 0) {
    parts.push({
      name: "changed_events",
      statement: updateEvents(sql, open.writerId, batch.updates),
    });
  }
  for (const [writer, rows] of rowsByKind(batch.waiting)) {
    parts.push({ name: `rows_${writer.name}`, statement: writer.write(sql, rows) });
  }
  let statement = sql`
    select open_log_batch(${open.writerId}::int, ${open.batchNo}::bigint,
      ${open.lastPosition}::bigint, ${open.settledNo}::bigint, ${open.settledPosition}::bigint)`;
  if (parts.length > 0) {
    const joined = parts
      .map(({ name, statement }) => sql`${sql(name)} as (${statement})`)
      .reduce((left, right) => sql`${left}, ${right}`);
    statement = sql`with ${joined} ${statement}`;
  }
  await statement;
}

/** Kinds in the order of their names: batches lock tables in one order. */
function rowsByKind(waiting: readonly Waiting[]): readonly (readonly [RowWriter, unknown[]])[] {
  const kinds = new Map<RowWriter, unknown[]>();
  for (const entry of waiting) {
    for (const { kind, row } of entry.rows) {
      const rows = kinds.get(kind);
      if (rows) rows.push(row);
      else kinds.set(kind, [row]);
    }
  }
  return [...kinds].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
}
