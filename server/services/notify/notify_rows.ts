import type { NotifyLevel, NotifySetting } from "../../../core/api/notify.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** A place with a choice of its own; `channelId` is null for a whole guild. */
export interface NotifyRef {
  readonly userId: UserId;
  readonly roomId: string;
  readonly channelId: string | null;
}

interface NotifyRow extends Omit<NotifySetting, "channel_id"> {
  readonly channel_id: string;
}

function read(row: NotifyRow): NotifySetting {
  return { ...row, channel_id: row.channel_id === "" ? null : row.channel_id };
}

/** All choices of an account, those that were taken back too: devices that were away hear so. */
export async function findNotifySettings(
  sql: Queryable,
  userId: UserId,
): Promise<NotifySetting[]> {
  const rows = await sql<NotifyRow[]>`
    select room_id, channel_id, level, suppress_everyone, suppress_roles, muted, muted_until
    from notify_settings where user_id = ${userId} order by room_id, channel_id`;
  return rows.map(read);
}

export async function findNotifySetting(
  sql: Queryable,
  ref: NotifyRef,
): Promise<NotifySetting | undefined> {
  const [row] = await sql<NotifyRow[]>`
    select room_id, channel_id, level, suppress_everyone, suppress_roles, muted, muted_until
    from notify_settings where user_id = ${ref.userId} and room_id = ${ref.roomId}
      and channel_id = ${ref.channelId ?? ""} for update`;
  return row && read(row);
}

export async function writeNotifySetting(
  sql: Queryable,
  ref: NotifyRef,
  setting: Omit<NotifySetting, "room_id" | "channel_id"> & { readonly nowMs: number },
): Promise<void> {
  const level: NotifyLevel | null = setting.level;
  await sql`
    insert into notify_settings (user_id, room_id, channel_id, level, suppress_everyone,
      suppress_roles, muted, muted_until, changed_ts)
    values (${ref.userId}, ${ref.roomId}, ${ref.channelId ?? ""}, ${level},
      ${setting.suppress_everyone}, ${setting.suppress_roles}, ${setting.muted},
      ${setting.muted_until}, ${setting.nowMs})
    on conflict (user_id, room_id, channel_id) do update set level = excluded.level,
      suppress_everyone = excluded.suppress_everyone, suppress_roles = excluded.suppress_roles,
      muted = excluded.muted, muted_until = excluded.muted_until,
      changed_ts = excluded.changed_ts`;
}

/**
 * How many choices an account has. Those that were taken back are forgotten first where they
 * make it too many.
 */
export async function countNotifySettings(
  tx: Queryable,
  userId: UserId,
  max: number,
): Promise<number> {
  const count = async () => {
    const [row] = await tx<{ count: number }[]>`
      select count(*)::int as count from notify_settings where user_id = ${userId}`;
    return row?.count ?? 0;
  };
  const found = await count();
  if (found < max) return found;
  await tx`
    delete from notify_settings where user_id = ${userId} and level is null and not muted
      and not suppress_everyone and not suppress_roles`;
  return await count();
}

export interface Suppressed {
  readonly everyone: boolean;
  readonly roles: boolean;
}

/** Guilds in which @everyone or roles are no mention of the account. */
export async function findSuppressed(
  sql: Queryable,
  userId: UserId,
): Promise<ReadonlyMap<string, Suppressed>> {
  const rows = await sql<{ room_id: string; everyone: boolean; roles: boolean }[]>`
    select room_id, suppress_everyone as everyone, suppress_roles as roles
    from notify_settings
    where user_id = ${userId} and channel_id = '' and (suppress_everyone or suppress_roles)`;
  return new Map(rows.map(({ room_id, ...suppressed }) => [room_id, suppressed]));
}
