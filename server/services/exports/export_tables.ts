import type { Sql } from "../../postgres/sql.ts";

type ExportFile = readonly [file: string, rows: PromiseLike<readonly unknown[]>];

/**
 * What the database holds of an account outside of rooms, by the file of the export it goes to.
 * Named column by column: secrets and their hashes are nobody's to carry around.
 */
export function exportTables(
  sql: Sql,
  userId: string,
): readonly ExportFile[] {
  return [
    [
      "account.json",
      sql`
        select u.user_id, u.local as user_name, u.state, u.state_reason, u.admin, u.created_ts,
          u.created_by, u.last_seen_ts, u.presence, u.language, e.address as mail_address,
          e.verified_ts as mail_address_confirmed_ts, c.changed_ts as password_changed_ts,
          f.confirmed_ts as second_factor_since_ts
        from users u left join email_addresses e using (user_id)
          left join credentials c using (user_id) left join second_factors f using (user_id)
        where u.user_id = ${userId}`,
    ],
    [
      "profile.json",
      sql`
        select display_name, avatar, bio, status, status_until, updated_ts
        from profiles where user_id = ${userId}`,
    ],
    ...waysIn(sql, userId),
    [
      "settings/preferences.json",
      sql`select chosen, changed_ts from user_preferences where user_id = ${userId}`,
    ],
    [
      "settings/notifications.json",
      sql`
        select room_id, channel_id, level, suppress_everyone, suppress_roles, muted, muted_until,
          changed_ts
        from notify_settings where user_id = ${userId}`,
    ],
    [
      "settings/digest.json",
      sql`
        select every, weekday, hour, zone, told_ts, next_ts from digests
        where user_id = ${userId}`,
    ],
    ["settings/own_style.json", sql`select * from own_styles where user_id = ${userId}`],
    [
      "relationships.json",
      sql`
        select other_id, bond, blocked, changed_ts from relationships where user_id = ${userId}
        order by changed_ts`,
    ],
    [
      "files.json",
      sql`
        select media_id, name, type, size, purpose, created_ts from media
        where owner = ${userId} and state = 'stored' order by created_ts, media_id`,
    ],
    [
      "erasures.json",
      sql`
        select o.seq, o.before_ts, o.created_ts, r.server, r.state, r.erased, r.done_ts
        from erasure_orders o join erasure_receipts r using (user_id, seq)
        where user_id = ${userId} order by o.seq, r.server`,
    ],
  ];
}

/** Where and with what the account is signed in. */
function waysIn(sql: Sql, userId: string): readonly ExportFile[] {
  return [
    [
      "sessions.json",
      sql`
        select session_id, kind, device_name, address, created_ts, last_used_ts, expires_ts
        from sessions where user_id = ${userId} order by created_ts`,
    ],
    [
      "access_tokens.json",
      sql`
        select token_id, name, scopes, created_ts, expires_ts, last_used_ts
        from personal_tokens where user_id = ${userId} order by created_ts`,
    ],
    [
      "webhooks.json",
      sql`
        select webhook_id, user_id as writes_as, guild_id, channel_id, created_ts, last_used_ts
        from webhooks where created_by = ${userId} order by created_ts`,
    ],
    [
      "devices.json",
      sql`
        select device_id, name, created_ts, certificate is not null as takes_part
        from devices where user_id = ${userId} order by created_ts`,
    ],
  ];
}
