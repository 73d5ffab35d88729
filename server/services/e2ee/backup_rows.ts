import type { BackupHead, BackupSlot } from "../../../core/api/e2ee_backup.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";

/** A row of `backups`. */
export interface BackupRow {
  readonly version: number;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly slots: readonly BackupSlot[];
  readonly slots_revision: number;
  readonly changed_ts: number;
}

/** The end of a chain of chunks; a chain without any has a hash of zeros. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: Uint8Array;
}

export const CHAIN_BEGIN: ChainEnd = { seq: 0, hash: new Uint8Array(32) };

export async function findBackup(
  sql: Queryable,
  userId: UserId,
): Promise<BackupRow | undefined> {
  const [row] = await sql<BackupRow[]>`select * from backups where user_id = ${userId}`;
  return row;
}

/** The same, held until the transaction ends. */
export async function lockBackup(tx: Tx, userId: UserId): Promise<BackupRow | undefined> {
  const [row] = await tx<BackupRow[]>`select * from backups where user_id = ${userId} for update`;
  return row;
}

export async function chainEnd(
  sql: Queryable,
  userId: UserId,
  version: number,
): Promise<ChainEnd> {
  const [row] = await sql<ChainEnd[]>`
    select seq, hash from backup_chunks where user_id = ${userId} and version = ${version}
    order by seq desc limit 1`;
  return row ?? CHAIN_BEGIN;
}

/** Bytes of all chunks of an account, of the version in preparation too. */
export async function backupSize(sql: Queryable, userId: UserId): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select coalesce(sum(octet_length(chunk)), 0)::bigint as bytes from backup_chunks
    where user_id = ${userId}`;
  return row?.bytes ?? 0;
}

export function headOf({ version, seq, hash }: Pick<BackupRow, "version" | "seq" | "hash">) {
  return { version, seq, hash: base64Of(hash) } satisfies BackupHead;
}
