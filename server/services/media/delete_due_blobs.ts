import type { MediaDeps } from "./media_deps.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";
import { deleteUnused } from "./release_media.ts";

type JobDeps = Pick<MediaDeps, "sql" | "blobs" | "clock" | "log" | "meter">;

/** Takes away what its time is up for: uploads nothing used, and those a crash left half done. */
export async function expireMedia(deps: Pick<MediaDeps, "sql" | "clock">): Promise<number> {
  const now = deps.clock.now();
  return await deps.sql.begin(async (tx) => {
    const rows = await tx<{ media_id: string }[]>`
      select media_id from media where expires_ts <= ${now}
      order by media_id limit 1000 for update skip locked`;
    return await deleteUnused(tx, rows.map((row) => row.media_id), now);
  });
}

/** Ends copies of other servers' files that nobody asked for in a long time, and broken-off ones. */
export async function expireCopies(
  deps: Pick<MediaDeps, "sql" | "clock" | "settings">,
): Promise<void> {
  const now = deps.clock.now();
  await deps.sql`
    delete from remote_media where uri in (
      select uri from remote_media
      where used_ts < ${now - deps.settings.remoteKept}
        or (state = 'fetching' and fetched_ts < ${now - MEDIA_LIMITS.uploadTimeoutMs})
      order by used_ts limit ${MEDIA_LIMITS.remoteEvictedPerRound} for update skip locked)`;
}

/**
 * Deletes blobs whose deletion is written down, then the note. A crash in between repeats the
 * deletion, which changes nothing; several processes share the work. Answers how many were done.
 */
export async function deleteDueBlobs(deps: JobDeps): Promise<number> {
  let done = 0;
  for (;;) {
    const round = await claimRound(deps);
    if (round.length === 0) return done;
    for (const { blob_prefix, tries } of round) {
      if (await deleteOne(deps, blob_prefix, tries)) done++;
    }
  }
}

/** Pushed back before the work begins: another process leaves it alone, a crash repeats it. */
async function claimRound(deps: JobDeps): Promise<{ blob_prefix: string; tries: number }[]> {
  const now = deps.clock.now();
  return await deps.sql<{ blob_prefix: string; tries: number }[]>`
    update media_deletions set due_ts = ${now + MEDIA_LIMITS.deletionRetryMs}, tries = tries + 1
    where blob_prefix in (
      select blob_prefix from media_deletions where due_ts <= ${now}
      order by due_ts limit ${MEDIA_LIMITS.deletionsPerRound} for update skip locked)
    returning blob_prefix, tries`;
}

async function deleteOne(deps: JobDeps, prefix: string, tries: number): Promise<boolean> {
  try {
    let bytes = 0;
    for await (const { key, size } of deps.blobs.list(`${prefix}/`)) {
      await deps.blobs.delete(key);
      bytes += size;
    }
    await deps.sql`delete from media_deletions where blob_prefix = ${prefix}`;
    deps.meter.add("deleted_files", 1);
    deps.meter.add("deleted_bytes", bytes);
    return true;
  } catch (error) {
    const delay = Math.min(
      MEDIA_LIMITS.deletionRetryMs * 2 ** Math.min(tries, 20),
      MEDIA_LIMITS.maxDeletionRetryMs,
    );
    deps.log.log("error", "A stored file could not be deleted; it will be tried again.", {
      error,
      blob: prefix,
      tries,
      retry_ms: delay,
    });
    await deps.sql`
      update media_deletions set due_ts = ${deps.clock.now() + delay}
      where blob_prefix = ${prefix}`;
    return false;
  }
}
