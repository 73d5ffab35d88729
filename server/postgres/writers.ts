import { LOCK_CLASS } from "./lock_keys.ts";
import type { Sql, Tx } from "./sql.ts";

/**
 * Makes this process a writer of the log and takes the session lock that says it lives.
 * `session` must be a pool of one connection that is kept as long as the writer.
 */
export async function registerWriter(session: Sql, nowMs: number): Promise<number> {
  return await session.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK_CLASS.writerRegistry}, 0)`;
    const [row] = await tx<{ writer_id: number }[]>`
      insert into log_writers (writer_id, started_ts)
      select coalesce(max(writer_id), 0) + 1, ${nowMs} from log_writers
      returning writer_id`;
    if (!row) throw new Error("The database gave no writer number.");
    await tx`select pg_advisory_lock(${LOCK_CLASS.writerAlive}, ${row.writer_id})`;
    return row.writer_id;
  });
}

/** Takes the life lock again after its connection was lost. False while another session has it. */
export async function holdAlive(session: Sql, writerId: number): Promise<boolean> {
  const [row] = await session<{ held: boolean }[]>`
    select pg_try_advisory_lock(${LOCK_CLASS.writerAlive}, ${writerId}) as held`;
  return row?.held ?? false;
}

export async function releaseAlive(session: Sql, writerId: number): Promise<void> {
  await session`select pg_advisory_unlock(${LOCK_CLASS.writerAlive}, ${writerId})`;
}

/**
 * Closes a writer for ever. The exclusive lock waits for the batches that are under way; after
 * it every batch of the writer is stored or never will be, so all that is stored is readable.
 */
export async function closeWriter(tx: Tx, writerId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOCK_CLASS.writerBatches}, ${writerId})`;
  await tx`
    update log_writers set closed = true, final_position = coalesce((
      select max(last_position) from log_batches where writer_id = ${writerId} and not aborted
    ), 0)
    where writer_id = ${writerId} and not closed`;
}

/**
 * Closes every open writer whose process holds its life lock no more. A process that only lost
 * that connection loses nothing by it: its next batch is refused and it becomes a new writer.
 * Answers the closed ones.
 */
export async function closeDeadWriters(
  sql: Sql,
  options: { readonly except: readonly number[] },
): Promise<readonly number[]> {
  const open = await sql<{ writer_id: number }[]>`
    select writer_id from log_writers
    where not closed and writer_id <> all(${[...options.except]}::int[]) order by writer_id`;
  const closed: number[] = [];
  for (const { writer_id: writerId } of open) {
    const dead = await sql.begin(async (tx) => {
      const [row] = await tx<{ dead: boolean }[]>`
        select pg_try_advisory_xact_lock(${LOCK_CLASS.writerAlive}, ${writerId}) as dead`;
      if (!row?.dead) return false;
      await closeWriter(tx, writerId);
      return true;
    });
    if (dead) closed.push(writerId);
  }
  return closed;
}

/**
 * Decides the fate of a batch whose answer was lost or was an error: `true` when it is stored.
 * Inserting its key as given up waits for a transaction that may still commit it, and makes a
 * later one fail, so the answer is final either way.
 */
export async function settleBatch(
  sql: Sql,
  batch: {
    readonly writerId: number;
    readonly batchNo: number;
    readonly lastPosition: number;
    readonly settledNo: number;
    readonly settledPosition: number;
  },
): Promise<boolean> {
  const given = await sql`
    insert into log_batches (writer_id, batch_no, last_position, settled_no, settled_position,
      aborted)
    values (${batch.writerId}, ${batch.batchNo}, ${batch.lastPosition}, ${batch.settledNo},
      ${batch.settledPosition}, true)
    on conflict do nothing`;
  if (given.count === 1) return false;
  const [row] = await sql<{ aborted: boolean }[]>`
    select aborted from log_batches
    where writer_id = ${batch.writerId} and batch_no = ${batch.batchNo}`;
  if (!row) throw new Error(`Batch ${batch.batchNo} of writer ${batch.writerId} has no record.`);
  return !row.aborted;
}

/** Forgets batches whose fate travels with a later one. */
export async function pruneBatches(sql: Sql, writerId: number): Promise<void> {
  await sql`
    delete from log_batches where writer_id = ${writerId} and batch_no <= (
      select settled_no from log_batches where writer_id = ${writerId}
      order by batch_no desc limit 1)`;
}
