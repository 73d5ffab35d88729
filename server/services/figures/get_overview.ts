import { statfs } from "node:fs/promises";
import type { z } from "zod";
import type { adminGetOverview } from "../../../core/api/admin_server.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";
import { FIGURE_LIMITS } from "./figure_limits.ts";
import type { Gauges } from "./record_figures.ts";
import { sizeOfServer } from "./size_of_server.ts";

const DAY_MS = 86_400_000;

export interface OverviewDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly serverName: ServerName;
  readonly gauges: () => Gauges;
  readonly startedTs: number;
  readonly dataFolder: string;
}

/** Counts alone: whose they are is nobody's business. */
type EncryptionCounts = Pick<
  z.output<typeof adminGetOverview.result>,
  "encrypting_devices" | "encrypted_rooms" | "backups" | "backup_bytes"
>;

/** How large and how busy the server is now. */
export async function getOverview(
  deps: OverviewDeps,
): Promise<z.output<typeof adminGetOverview.result>> {
  const { sql, clock } = deps;
  const nowMs = clock.now();
  const [size, [counts], [encryption], free] = await Promise.all([
    sizeOfServer(sql, nowMs),
    sql<{ guilds: number; messages: number; processes: number }[]>`
      select
        (select count(*)::int from current_state c
          where c.type = 'm.guild.meta' and c.state_key = ''
            and not exists (select from group_dm_rooms d where d.room_id = c.room_id) and exists (
            select from current_state m where m.room_id = c.room_id and m.type = 'm.room.member'
              and m.membership = 'join' and m.event_id is not null)) as guilds,
        (select coalesce(sum(messages), 0)::int from process_figures
          where ts > ${nowMs - DAY_MS}) as messages,
        (select count(distinct process)::int from process_figures
          where ts > ${nowMs - 2 * FIGURE_LIMITS.stepMs}) as processes`,
    sql<EncryptionCounts[]>`
      select
        (select count(*)::int from devices
          where session_id is not null and certificate is not null) as encrypting_devices,
        (select count(*)::int from current_state
          where type = 'm.room.encryption' and event_id is not null) as encrypted_rooms,
        (select count(*)::int from backups) as backups,
        pg_total_relation_size('backup_chunks')::bigint as backup_bytes`,
    freeBytes(deps.dataFolder),
  ]);
  const gauges = deps.gauges();
  return {
    started_ts: deps.startedTs,
    accounts: size.accounts,
    active_day: size.activeDay,
    active_week: size.activeWeek,
    active_month: size.activeMonth,
    guilds: counts?.guilds ?? 0,
    messages_day: counts?.messages ?? 0,
    sockets: gauges.sockets,
    memory_bytes: gauges.memoryBytes,
    waiting: gauges.waiting,
    processes: Math.max(1, counts?.processes ?? 0),
    database_bytes: size.databaseBytes,
    disk_free_bytes: free,
    media_files: size.mediaFiles,
    media_bytes: size.mediaBytes,
    remote_media_bytes: size.remoteMediaBytes,
    suspended: size.suspended,
    locked: size.locked,
    encrypting_devices: encryption?.encrypting_devices ?? 0,
    encrypted_rooms: encryption?.encrypted_rooms ?? 0,
    backups: encryption?.backups ?? 0,
    backup_bytes: encryption?.backup_bytes ?? 0,
  };
}

/** Where the data folder is; null where the system does not say. */
async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
