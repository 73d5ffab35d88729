import type { RoomId } from "../../../core/ids/room_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { MediaUseKind } from "./media_use.ts";

/**
 * Ends what used files, in the transaction that ends it: an event redacted, an avatar taken off.
 * A file whose last use this was goes with its commit. Answers how many files go; when it is
 * not 0, call `wakeJobs` after the commit so that the bytes follow at once.
 */
export async function releaseMedia(
  tx: Tx,
  release: {
    readonly kind: MediaUseKind;
    readonly subjects: readonly string[];
    readonly nowMs: number;
    /** These files keep the use, e.g. those that an edit left in a message. */
    readonly exceptIds?: readonly string[];
  },
): Promise<number> {
  const { kind, subjects, nowMs, exceptIds = [] } = release;
  const rows = await tx<{ media_id: string }[]>`
    delete from media_uses
    where kind = ${kind} and subject = any(${[...subjects]})
      and media_id <> all(${[...exceptIds]})
    returning media_id`;
  return await deleteUnused(tx, rows.map((row) => row.media_id), nowMs);
}

/** As `releaseMedia`, for all that a room used: it was deleted, or left by the last one here. */
export async function releaseRoomMedia(
  tx: Tx,
  release: { readonly roomId: RoomId; readonly nowMs: number },
): Promise<number> {
  const rows = await tx<{ media_id: string }[]>`
    delete from media_uses where room_id = ${release.roomId} returning media_id`;
  await tx`delete from remote_media_uses where room_id = ${release.roomId}`;
  return await deleteUnused(tx, rows.map((row) => row.media_id), release.nowMs);
}

/** Deletes those of these files that nothing uses any more. */
export async function deleteUnused(tx: Tx, ids: readonly string[], nowMs: number): Promise<number> {
  if (ids.length === 0) return 0;
  // Locked first: a use that is being added at the same time is waited for and then seen.
  await tx`
    select media_id from media where media_id = any(${[...ids]}) order by media_id for update`;
  const unused = await tx<{ media_id: string }[]>`
    select media_id from media
    where media_id = any(${[...ids]})
      and not exists (select from media_uses where media_uses.media_id = media.media_id)`;
  return (await deleteMediaRows(tx, unused.map((row) => row.media_id), nowMs)).files;
}

/**
 * Takes rows away, with their uses, and writes down that their blobs must follow. The one way in
 * which a file that was stored is deleted.
 */
export async function deleteMediaRows(
  tx: Tx,
  ids: readonly string[],
  nowMs: number,
): Promise<{ files: number; bytes: number }> {
  if (ids.length === 0) return { files: 0, bytes: 0 };
  await tx`delete from media_uses where media_id = any(${[...ids]})`;
  const gone = await tx<{ blob_prefix: string; size: number }[]>`
    delete from media where media_id = any(${[...ids]}) returning blob_prefix, size`;
  if (gone.length > 0) {
    await tx`
      insert into media_deletions (blob_prefix, due_ts)
      select prefix, ${nowMs} from unnest(${gone.map((row) => row.blob_prefix)}::text[]) as prefix
      on conflict do nothing`;
  }
  return { files: gone.length, bytes: gone.reduce((sum, row) => sum + row.size, 0) };
}
