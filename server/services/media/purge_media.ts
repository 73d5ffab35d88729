import type { MediaPurgeFilter, MediaPurgeResult } from "../../../core/api/media.ts";
import { OperationError } from "../../../core/errors.ts";
import { mediaIdOf, parseMediaUri, serverOfMedia } from "../../../core/ids/media_uri.ts";
import { writeAudit } from "../accounts/audit.ts";
import type { MediaDeps } from "./media_deps.ts";
import { deleteMediaRows } from "./release_media.ts";
import { sweepOrphans } from "./sweep_orphans.ts";

const FILES_PER_TRANSACTION = 500;

/**
 * Deletes for good what matches every filter given, in use or not; what used it shows a gap.
 * Throws `invalid` for a URI that is none of this server's.
 */
export async function purgeMedia(
  deps: Pick<MediaDeps, "sql" | "blobs" | "clock" | "log" | "serverName" | "wakeJobs">,
  filter: MediaPurgeFilter,
  /** User id; null from the command line. */
  actor: string | null = null,
): Promise<MediaPurgeResult> {
  const total = { files: 0, bytes: 0 };
  const { uri, user_id, before_ts, unused, dry_run } = filter;
  if (filter.remote === true) {
    const gone = await purgeRemote(deps, filter);
    total.files += gone.files;
    total.bytes += gone.bytes;
    if (!dry_run) deps.wakeJobs();
  } else if (
    uri !== undefined || user_id !== undefined || before_ts !== undefined || unused === true
  ) {
    const matching = await findMatching(deps, filter);
    for (let at = 0; at < matching.length; at += FILES_PER_TRANSACTION) {
      const batch = matching.slice(at, at + FILES_PER_TRANSACTION);
      const gone = dry_run
        ? sumOf(batch)
        : await deps.sql.begin((tx) =>
          deleteMediaRows(tx, batch.map((row) => row.media_id), deps.clock.now())
        );
      total.files += gone.files;
      total.bytes += gone.bytes;
    }
    if (!dry_run) deps.wakeJobs();
  }
  const orphans = filter.orphans === true
    ? (await sweepOrphans(deps, { dryRun: dry_run, force: true })).orphans
    : 0;
  if (!dry_run) {
    deps.log.log("warn", "Files were purged.", { ...total, orphans, filter });
    await writeAudit(deps.sql, {
      ts: deps.clock.now(),
      actor,
      action: "media.purge",
      target: uri ?? user_id ?? null,
      details: { ...total, orphans, ...detailsOf(filter) },
    });
  }
  return { ...total, orphans, dry_run };
}

function detailsOf({ before_ts, unused, remote }: MediaPurgeFilter) {
  return {
    ...(before_ts === undefined ? {} : { before_ts }),
    ...(unused === true ? { unused } : {}),
    ...(remote === true ? { remote } : {}),
  };
}

/** Copies of other servers' files: the rows go, and the deletion of the bytes with them. */
async function purgeRemote(
  deps: Pick<MediaDeps, "sql">,
  { before_ts, dry_run }: MediaPurgeFilter,
): Promise<{ files: number; bytes: number }> {
  const { sql } = deps;
  const chosen = sql`state = 'stored'
    ${before_ts === undefined ? sql`` : sql`and used_ts < ${before_ts}`}`;
  if (dry_run) {
    return sumOf(await sql<{ size: number }[]>`select size from remote_media where ${chosen}`);
  }
  const total = { files: 0, bytes: 0 };
  for (;;) {
    const gone = sumOf(
      await sql<{ size: number }[]>`
        delete from remote_media where uri in (
          select uri from remote_media where ${chosen} limit ${FILES_PER_TRANSACTION})
        returning size`,
    );
    total.files += gone.files;
    total.bytes += gone.bytes;
    if (gone.files < FILES_PER_TRANSACTION) return total;
  }
}

async function findMatching(
  deps: Pick<MediaDeps, "sql" | "serverName">,
  filter: MediaPurgeFilter,
): Promise<{ media_id: string; size: number }[]> {
  const { sql } = deps;
  const uri = filter.uri === undefined ? undefined : parseMediaUri(filter.uri);
  if (filter.uri !== undefined && (uri === undefined || serverOfMedia(uri) !== deps.serverName)) {
    throw new OperationError(
      "invalid",
      `${JSON.stringify(filter.uri)} is no file of this server; write mxc://${deps.serverName}/ID.`,
    );
  }
  return await sql<{ media_id: string; size: number }[]>`
    select media_id, size from media where state = 'stored'
      ${uri === undefined ? sql`` : sql`and media_id = ${mediaIdOf(uri)}`}
      ${filter.user_id === undefined ? sql`` : sql`and owner = ${filter.user_id}`}
      ${filter.before_ts === undefined ? sql`` : sql`and created_ts < ${filter.before_ts}`}
      ${filter.unused === true ? sql`and expires_ts is not null` : sql``}
    order by media_id`;
}

function sumOf(rows: readonly { size: number }[]): { files: number; bytes: number } {
  return { files: rows.length, bytes: rows.reduce((sum, row) => sum + row.size, 0) };
}
