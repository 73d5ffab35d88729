import type { NotifySetting } from "../../../core/api/notify.ts";
import type { Quiet } from "../../../core/api/quiet.ts";
import type { Presence } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { storedQuiet } from "../accounts/preferences.ts";

/** Somebody who may have to be told of a message. */
export interface Reader {
  readonly userId: UserId;
  /** As it was chosen. */
  readonly presence: Presence;
  /** They have blocked its author. */
  readonly blocks: boolean;
  readonly hasRead: boolean;
  /** The thread that it stands in. */
  readonly following: boolean;
  readonly quiet: Quiet;
}

/** `rootId`: of the thread that the message stands in. */
export async function findReaders(
  sql: Queryable,
  { message, userIds, rootId = "" }: {
    readonly message: StoredEvent;
    readonly userIds: readonly UserId[];
    readonly rootId?: string | undefined;
  },
): Promise<Reader[]> {
  const rows = await sql<(Omit<Reader, "quiet"> & { chosen: Record<string, unknown> | null })[]>`
    select u.user_id as "userId", u.presence, p.chosen, coalesce(f.following, false) as following,
      exists (select 1 from relationships r
        where r.user_id = u.user_id and r.other_id = ${message.sender} and r.blocked) as blocks,
      case when ${rootId} <> '' then coalesce(f.ord >= ${message.order ?? 0}::bigint, false)
        else exists (select 1 from read_markers m
          where m.user_id = u.user_id and m.room_id = ${message.roomId}
            and m.channel_id = ${message.channelId ?? ""}
            and (m.ord, m.hash) >= (${message.order ?? 0}::bigint, ${message.hash}::bytea))
      end as "hasRead"
    from users u left join user_preferences p on p.user_id = u.user_id
      left join thread_follows f on f.user_id = u.user_id and f.room_id = ${message.roomId}
        and f.root_id = ${rootId}
    where u.user_id = any(${[...userIds]})`;
  return rows.map(({ chosen, ...row }) => ({ ...row, quiet: storedQuiet(chosen) }));
}

/** What these people chose for a channel and for the guild that it is in. */
export async function findSettingsFor(
  sql: Queryable,
  query: {
    readonly readers: readonly UserId[];
    readonly guildId: string | null;
    readonly roomId: string;
    readonly channelId: string;
  },
): Promise<(NotifySetting & { readonly user_id: UserId })[]> {
  return await sql<(NotifySetting & { user_id: UserId })[]>`
    select user_id, room_id, nullif(channel_id, '') as channel_id, level, suppress_everyone,
      suppress_roles, muted, muted_until
    from notify_settings
    where user_id = any(${[...query.readers]})
      and ((room_id = ${query.guildId ?? ""} and channel_id = '')
        or (room_id = ${query.roomId} and channel_id = ${query.channelId}))`;
}
