import {
  type Backup,
  type BackupChunk,
  type BackupHead,
  type BackupSlot,
  E2EE_BACKUP,
} from "../../../core/api/e2ee_backup.ts";
import { base64Of, fromBase64 } from "../../../core/e2ee/bytes.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import {
  type BackupRow,
  backupSize,
  CHAIN_BEGIN,
  chainEnd,
  findBackup,
  headOf,
  lockBackup,
} from "./backup_rows.ts";
import type { DeviceDeps } from "./device_deps.ts";

export type BackupDeps = Pick<DeviceDeps, "sql" | "clock"> & {
  /** Bytes of chunks that the present version of one account may have. */
  readonly backupBytes: number;
};

export interface BackupChange {
  readonly expect: { readonly head: BackupHead; readonly slots_revision: number } | null;
  readonly head: BackupHead;
  readonly slots: readonly BackupSlot[];
}

/** @throws OperationError `not_found` */
export async function getBackup(deps: BackupDeps, userId: UserId): Promise<Backup> {
  const row = await findBackup(deps.sql, userId);
  if (row === undefined) throw noBackup();
  return await view(deps.sql, userId, { row, maxBytes: deps.backupBytes });
}

/**
 * Begins a backup, changes the slots of one, or goes over to the version that was prepared: only
 * where everything is as the caller last saw it, so that two devices never overwrite each other.
 * @throws OperationError `invalid`, `conflict`
 */
export async function putBackup(
  deps: BackupDeps,
  userId: UserId,
  { expect, head, slots }: BackupChange,
): Promise<Backup> {
  return await deps.sql.begin(async (tx) => {
    const held = await lockBackup(tx, userId);
    if (!isExpected(held, expect)) throw moved(held);
    const nowMs = deps.clock.now();
    if (held === undefined) await begin(tx, userId, { head, slots, nowMs });
    else await goOver(tx, userId, { held, head, slots, nowMs });
    const row = await findBackup(tx, userId);
    if (row === undefined) throw moved(row);
    return await view(tx, userId, { row, maxBytes: deps.backupBytes });
  });
}

/**
 * Adds a chunk to the chain of the present version, or of the one after it. The same chunk in the
 * same place again is answered as the first time; the first of the next version begins it anew.
 * @throws OperationError `conflict`, `limit_reached`, `not_found`
 */
export async function putChunk(
  deps: BackupDeps,
  userId: UserId,
  put: {
    readonly seq: number;
    readonly version: number;
    readonly previous_hash: string;
    readonly chunk: string;
  },
): Promise<BackupHead> {
  const { seq, version } = put;
  const chunk = fromBase64(put.chunk) ?? new Uint8Array();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", chunk));
  return await deps.sql.begin(async (tx) => {
    const held = await lockBackup(tx, userId);
    if (held === undefined) throw noBackup();
    if (version !== held.version && version !== held.version + 1) throw moved(held);
    if (await isThere(tx, userId, { version, seq, hash })) {
      return { version, seq, hash: base64Of(hash) };
    }
    if (version !== held.version && seq === 1) {
      await tx`delete from backup_chunks where user_id = ${userId} and version = ${version}`;
    }
    const end = version === held.version ? held : await chainEnd(tx, userId, version);
    if (seq !== end.seq + 1 || put.previous_hash !== base64Of(end.hash)) throw moved(held);
    await requireRoom(tx, userId, { version, more: chunk.length, most: deps.backupBytes });
    await tx`
      insert into backup_chunks (user_id, version, seq, hash, chunk)
      values (${userId}, ${version}, ${seq}, ${hash}, ${chunk})`;
    if (version === held.version) {
      await tx`
        update backups set seq = ${seq}, hash = ${hash}, changed_ts = ${deps.clock.now()}
        where user_id = ${userId}`;
    }
    return { version, seq, hash: base64Of(hash) };
  });
}

/** Chunks of the present version, a page of them. @throws OperationError `not_found` */
export async function listChunks(
  deps: BackupDeps,
  userId: UserId,
  after: number,
): Promise<{ head: BackupHead; chunks: BackupChunk[]; more: boolean }> {
  const row = await findBackup(deps.sql, userId);
  if (row === undefined) throw noBackup();
  const rows = await deps.sql<{ seq: number; hash: Uint8Array; chunk: Uint8Array }[]>`
    select seq, hash, chunk from (
      select seq, hash, chunk, sum(octet_length(chunk)) over (order by seq) as upto
      from (
        select * from backup_chunks
        where user_id = ${userId} and version = ${row.version} and seq > ${after}
          and seq <= ${row.seq}
        order by seq limit ${E2EE_BACKUP.pageChunks}) c) p
    where upto <= ${E2EE_BACKUP.pageBytes} order by seq`;
  const chunks = rows.map(({ seq, hash, chunk }) => ({
    seq,
    hash: base64Of(hash),
    chunk: base64Of(chunk),
  }));
  return { head: headOf(row), chunks, more: (chunks.at(-1)?.seq ?? row.seq) < row.seq };
}

/** @throws OperationError `not_found` */
export async function deleteBackup(
  deps: Pick<BackupDeps, "sql">,
  userId: UserId,
): Promise<void> {
  const gone = await deps.sql`delete from backups where user_id = ${userId}`;
  if (gone.count === 0) throw noBackup();
}

async function begin(
  tx: Tx,
  userId: UserId,
  { head, slots, nowMs }: Pick<BackupChange, "head" | "slots"> & { readonly nowMs: number },
): Promise<void> {
  if (head.seq !== 0 || head.hash !== base64Of(CHAIN_BEGIN.hash)) {
    throw new OperationError(
      "invalid",
      "A backup begins without chunks: its head has sequence 0 and a hash of zeros.",
    );
  }
  const made = await tx`
    insert into backups (user_id, version, seq, hash, slots, slots_revision, changed_ts)
    values (${userId}, ${head.version}, 0, ${CHAIN_BEGIN.hash}, ${tx.json([...slots])}, 1,
      ${nowMs})
    on conflict do nothing`;
  if (made.count === 0) throw moved(undefined);
}

/** The slots of the present version, or the version that was prepared, whole. */
async function goOver(
  tx: Tx,
  userId: UserId,
  { held, head, slots, nowMs }: Pick<BackupChange, "head" | "slots"> & {
    readonly held: BackupRow;
    readonly nowMs: number;
  },
): Promise<void> {
  const { version } = head;
  if (version !== held.version && version !== held.version + 1) throw moved(held);
  const end = version === held.version ? held : await chainEnd(tx, userId, version);
  if (head.seq !== end.seq || head.hash !== base64Of(end.hash)) throw moved(held);
  await tx`
    update backups set version = ${version}, seq = ${end.seq}, hash = ${end.hash},
      slots = ${tx.json([...slots])}, slots_revision = slots_revision + 1, changed_ts = ${nowMs}
    where user_id = ${userId}`;
  await tx`delete from backup_chunks where user_id = ${userId} and version < ${version}`;
}

async function isThere(
  tx: Tx,
  userId: UserId,
  { version, seq, hash }: {
    readonly version: number;
    readonly seq: number;
    readonly hash: Uint8Array;
  },
): Promise<boolean> {
  const rows = await tx`
    select 1 from backup_chunks
    where user_id = ${userId} and version = ${version} and seq = ${seq} and hash = ${hash}`;
  return rows.length > 0;
}

async function requireRoom(
  tx: Tx,
  userId: UserId,
  { version, more, most }: {
    readonly version: number;
    readonly more: number;
    readonly most: number;
  },
): Promise<void> {
  const [row] = await tx<{ bytes: number }[]>`
    select coalesce(sum(octet_length(chunk)), 0)::bigint as bytes from backup_chunks
    where user_id = ${userId} and version = ${version}`;
  if ((row?.bytes ?? 0) + more <= most) return;
  throw new OperationError(
    "limit_reached",
    `The encrypted backup would pass the ${most} bytes that this server keeps of an account.`,
    { details: { max_bytes: most } },
  );
}

async function view(
  sql: Queryable,
  userId: UserId,
  { row, maxBytes }: { readonly row: BackupRow; readonly maxBytes: number },
): Promise<Backup> {
  return {
    head: headOf(row),
    slots: [...row.slots],
    slots_revision: row.slots_revision,
    bytes: await backupSize(sql, userId),
    max_bytes: maxBytes,
    changed_ts: row.changed_ts,
  };
}

function isExpected(held: BackupRow | undefined, expect: BackupChange["expect"]): boolean {
  if (held === undefined || expect === null) return held === undefined && expect === null;
  const { version, seq, hash } = expect.head;
  return version === held.version && seq === held.seq && hash === base64Of(held.hash) &&
    expect.slots_revision === held.slots_revision;
}

/** Another device was first: the caller looks again and goes on from there. */
function moved(held: BackupRow | undefined): OperationError {
  return new OperationError(
    "conflict",
    "The backup is not where this device believes it to be: look again and go on from there.",
    held === undefined ? {} : {
      details: { head: headOf(held), slots_revision: held.slots_revision },
    },
  );
}

function noBackup(): OperationError {
  return new OperationError("not_found", "This account has no encrypted backup.");
}
