import type { DataExport } from "../../../core/api/data_export.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { AccountDeps } from "../accounts/deps.ts";

/** What was not made by then never will be. */
const MAKING_MS = 2 * 86_400_000;

export interface OwnExportDeps extends Pick<AccountDeps, "sql" | "clock" | "rng" | "throttle"> {
  readonly blobs: Pick<BlobStore, "delete">;
  /** There is something to make, or to delete. */
  readonly wakeExports: () => void;
}

/** The export of an account, or how far it is. */
export async function getOwnExport(
  { sql, clock }: Pick<OwnExportDeps, "sql" | "clock">,
  userId: UserId,
): Promise<DataExport | null> {
  const [row] = await sql<DataExport[]>`
    select state, created_ts, expires_ts, done, total, bytes, left_out from data_exports
    where user_id = ${userId} and expires_ts > ${clock.now()}`;
  return row === undefined ? null : { ...row };
}

/**
 * Has an export made. A former one goes.
 * @throws OperationError `conflict` while one is being made, `rate_limited`
 */
export async function beginExport(
  deps: OwnExportDeps,
  userId: UserId,
): Promise<DataExport | null> {
  const { sql, clock, rng } = deps;
  if ((await getOwnExport(deps, userId))?.state === "waiting") throw isMade();
  await deps.throttle.take("copies of your data were asked for", [
    { policy: "dataExport", who: userId },
  ]);
  const nowMs = clock.now();
  const key = `exports/${rng.bytes(16).toHex()}`;
  // The row of a former one is the only word of its blob: it has to be deleted first.
  const [former] = await sql<{ blob_key: string }[]>`
    select blob_key from data_exports where user_id = ${userId}`;
  if (former !== undefined) await deps.blobs.delete(former.blob_key);
  const made = await sql`
    insert into data_exports as x (user_id, state, created_ts, blob_key, expires_ts)
    values (${userId}, 'waiting', ${nowMs}, ${key}, ${nowMs + MAKING_MS})
    on conflict (user_id) do update set state = 'waiting', created_ts = excluded.created_ts,
      blob_key = excluded.blob_key, expires_ts = excluded.expires_ts, done = 0, total = 0,
      tries = 0, claimed_until = 0, bytes = null, left_out = 0
      where x.blob_key = ${former?.blob_key ?? ""}`;
  if (made.count === 0) throw isMade();
  deps.wakeExports();
  return await getOwnExport(deps, userId);
}

/** Deletes an export soon, or gives up making it. */
export async function deleteExport(deps: OwnExportDeps, userId: UserId): Promise<void> {
  await deps.sql`
    update data_exports set expires_ts = ${deps.clock.now()} where user_id = ${userId}`;
  deps.wakeExports();
}

/** Where a ready export is. @throws OperationError `not_found` */
export async function findExport(
  { sql, clock }: Pick<OwnExportDeps, "sql" | "clock">,
  userId: UserId,
): Promise<{ readonly blob_key: string; readonly bytes: number; readonly created_ts: number }> {
  const [row] = await sql<{ blob_key: string; bytes: number; created_ts: number }[]>`
    select blob_key, bytes, created_ts from data_exports
    where user_id = ${userId} and state = 'ready' and expires_ts > ${clock.now()}`;
  if (row !== undefined) return row;
  throw new OperationError(
    "not_found",
    "There is no copy of your data: it is not made yet, or its week is over. Ask for a new one.",
  );
}

function isMade(): OperationError {
  return new OperationError("conflict", "A copy of your data is being made already.");
}
