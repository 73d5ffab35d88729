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

type OwnSums = Pick<
  MediaUsageReport,
  "files" | "bytes" | "unused_files" | "unused_bytes"
>;

/** What all keep, and the `limit` users who keep most. */
export async function reportMediaUsage(
  deps: Pick<MediaDeps, "sql" | "settings">,
  limit: number,
): Promise<MediaUsageReport> {
  const [sums] = await deps.sql<OwnSums[]>`
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
    guilds: await guildsByMedia(deps.sql, limit),
    remote: { ...await sumRemote(deps.sql), quota_bytes: deps.settings.remoteQuota },
    user_quota_bytes: deps.settings.userQuota === 0 ? null : deps.settings.userQuota,
  };
}

/** Of each guild its rooms' files and its picture, every file once; private channels count in. */
async function guildsByMedia(
  sql: MediaDeps["sql"],
  limit: number,
): Promise<MediaUsageReport["guilds"]> {
  const rows = await sql<MediaUsageReport["guilds"]>`
    with shown as (
      select distinct coalesce(p.guild_id, u.room_id) as guild_id, u.media_id
      from media_uses u left join private_channels p on p.room_id = u.room_id
      where u.room_id is not null
      union select u.subject, u.media_id from media_uses u where u.kind = 'icon'
    ), sums as (
      select s.guild_id, count(*) as files, sum(m.size)::bigint as bytes
      from shown s join media m using (media_id)
      where exists (select from current_state g
        where g.room_id = s.guild_id and g.type = 'm.guild.meta')
        and not exists (select from group_dm_rooms d where d.room_id = s.guild_id)
      group by s.guild_id order by bytes desc, s.guild_id limit ${limit}
    )
    select s.guild_id, coalesce(event_json(e.pdu) -> 'content' ->> 'name', '') as name, s.files,
      s.bytes
    from sums s
    join current_state c on c.room_id = s.guild_id and c.type = 'm.guild.meta'
      and c.state_key = ''
    join events e on e.room_id = c.room_id and e.event_id = c.event_id
    order by s.bytes desc, s.guild_id`;
  return rows.map((row) => ({ ...row }));
}

async function sumRemote(sql: MediaDeps["sql"]): Promise<{ files: number; bytes: number }> {
  const [row] = await sql<{ files: number; bytes: number }[]>`
    select count(*) as files, coalesce(sum(size), 0)::bigint as bytes from remote_media
    where state = 'stored'`;
  return { files: row?.files ?? 0, bytes: row?.bytes ?? 0 };
}
