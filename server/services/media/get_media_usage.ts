import type { MediaUsageReport } from "../../../core/api/media.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { MediaDeps } from "./media_deps.ts";

/** What one user keeps. */
export async function getMediaUsage(
  deps: Pick<MediaDeps, "sql" | "settings">,
  owner: UserId,
): Promise<{ files: number; bytes: number; quota_bytes: number | null; max_upload_bytes: number }> {
  const [sum] = await deps.sql<{ files: number; bytes: number }[]>`
    select files, bytes from media_owners where owner = ${owner}`;
  const { userQuota, maxUpload } = deps.settings;
  return {
    files: sum?.files ?? 0,
    bytes: sum?.bytes ?? 0,
    quota_bytes: userQuota === 0 ? null : userQuota,
    max_upload_bytes: maxUpload,
  };
}

/** What all keep, and the `limit` users who keep most. */
export async function reportMediaUsage(
  deps: Pick<MediaDeps, "sql">,
  limit: number,
): Promise<MediaUsageReport> {
  const [sums] = await deps.sql<Omit<MediaUsageReport, "users" | "deletions_waiting">[]>`
    select count(*) as files, coalesce(sum(size), 0)::bigint as bytes,
      count(*) filter (where expires_ts is not null) as unused_files,
      coalesce(sum(size) filter (where expires_ts is not null), 0)::bigint as unused_bytes
    from media`;
  const [deletions] = await deps.sql<{ count: number }[]>`
    select count(*) as count from media_deletions`;
  const users = await deps.sql<MediaUsageReport["users"]>`
    select owner as user_id, files, bytes from media_owners where files > 0
    order by bytes desc, owner limit ${limit}`;
  return {
    files: sums?.files ?? 0,
    bytes: sums?.bytes ?? 0,
    unused_files: sums?.unused_files ?? 0,
    unused_bytes: sums?.unused_bytes ?? 0,
    deletions_waiting: deletions?.count ?? 0,
    users: users.map(({ user_id, files, bytes }) => ({ user_id, files, bytes })),
  };
}
