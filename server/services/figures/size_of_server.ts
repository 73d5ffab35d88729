import type { Sql } from "../../postgres/sql.ts";

const DAY_MS = 86_400_000;

/** How much there is now; bytes and counts. */
export interface ServerSize {
  readonly accounts: number;
  readonly suspended: number;
  readonly locked: number;
  readonly activeDay: number;
  readonly activeWeek: number;
  readonly activeMonth: number;
  readonly databaseBytes: number;
  readonly mediaFiles: number;
  readonly mediaBytes: number;
  readonly remoteMediaBytes: number;
}

export async function sizeOfServer(sql: Sql, nowMs: number): Promise<ServerSize> {
  const [people] = await sql<
    Pick<
      ServerSize,
      "accounts" | "suspended" | "locked" | "activeDay" | "activeWeek" | "activeMonth"
    >[]
  >`
    select count(*)::int as accounts,
      count(*) filter (where state = 'suspended')::int as suspended,
      count(*) filter (where state = 'locked')::int as locked,
      count(*) filter (where last_seen_ts > ${nowMs - DAY_MS})::int as "activeDay",
      count(*) filter (where last_seen_ts > ${nowMs - 7 * DAY_MS})::int as "activeWeek",
      count(*) filter (where last_seen_ts > ${nowMs - 30 * DAY_MS})::int as "activeMonth"
    from users where state <> 'deactivated'`;
  const [store] = await sql<
    Pick<ServerSize, "databaseBytes" | "mediaFiles" | "mediaBytes" | "remoteMediaBytes">[]
  >`
    select pg_database_size(current_database())::bigint as "databaseBytes",
      (select coalesce(sum(files), 0)::bigint from media_owners) as "mediaFiles",
      (select coalesce(sum(bytes), 0)::bigint from media_owners) as "mediaBytes",
      (select coalesce(sum(size), 0)::bigint from remote_media) as "remoteMediaBytes"`;
  return {
    accounts: people?.accounts ?? 0,
    suspended: people?.suspended ?? 0,
    locked: people?.locked ?? 0,
    activeDay: people?.activeDay ?? 0,
    activeWeek: people?.activeWeek ?? 0,
    activeMonth: people?.activeMonth ?? 0,
    databaseBytes: store?.databaseBytes ?? 0,
    mediaFiles: store?.mediaFiles ?? 0,
    mediaBytes: store?.mediaBytes ?? 0,
    remoteMediaBytes: store?.remoteMediaBytes ?? 0,
  };
}
