import type { Webhook } from "../../../core/api/webhooks.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";

/** A webhook as it is stored, with the name and picture of its profile. */
export interface WebhookRow {
  readonly webhook_id: string;
  readonly user_id: UserId;
  readonly guild_id: RoomId;
  readonly channel_id: ChannelId;
  readonly secret_hash: Uint8Array;
  readonly signature_secret: string | null;
  readonly created_by: UserId;
  readonly created_ts: number;
  readonly last_used_ts: number | null;
  readonly name: string;
  readonly avatar: string | null;
}

/** Webhooks of a guild on this server, the oldest first. */
export async function readWebhooks(sql: Queryable, guildId: RoomId): Promise<WebhookRow[]> {
  return [
    ...await sql<WebhookRow[]>`
      select w.*, coalesce(p.display_name, 'Webhook') as name, p.avatar
      from webhooks w left join profiles p using (user_id)
      where w.guild_id = ${guildId} order by w.created_ts, w.webhook_id`,
  ];
}

export async function findWebhook(sql: Queryable, id: string): Promise<WebhookRow | undefined> {
  const [row] = await sql<WebhookRow[]>`
    select w.*, coalesce(p.display_name, 'Webhook') as name, p.avatar
    from webhooks w left join profiles p using (user_id) where w.webhook_id = ${id}`;
  return row;
}

/** @throws OperationError `not_found` unless the guild has it on this server */
export async function requireWebhook(
  sql: Queryable,
  { guildId, id }: { readonly guildId: RoomId; readonly id: string },
): Promise<WebhookRow> {
  const row = await findWebhook(sql, id);
  if (row !== undefined && row.guild_id === guildId) return row;
  throw noWebhook(id);
}

export function noWebhook(id: string): OperationError {
  return new OperationError(
    "not_found",
    `This guild has no webhook ${JSON.stringify(id.slice(0, 64))} here; it may be deleted already.`,
  );
}

/** Whether it can write, as far as the guild's present state says. */
export function webhookState(
  authority: Authority,
  { user_id: user, channel_id: channelId }: Pick<WebhookRow, "user_id" | "channel_id">,
  nowMs: number,
): Webhook["state"] {
  const member = authority.member(user);
  if (member?.membership !== "join" || member.channel !== channelId) return "removed";
  if (!hasPeople(authority, serverOf(user))) return "removed";
  return authority.rights(user, channelId, nowMs) === 0n ? "channel_gone" : "live";
}

/** Whether somebody of the server is in the room who is no webhook. */
export function hasPeople(authority: Authority, server: string): boolean {
  for (const user of authority.joinedUsers()) {
    if (serverOf(user) === server && authority.member(user)?.kind !== "webhook") return true;
  }
  return false;
}

/** As its managers see it. */
export function viewWebhook(room: Room, row: WebhookRow, nowMs: number): Webhook {
  return {
    id: row.webhook_id,
    user_id: row.user_id,
    guild_id: row.guild_id,
    channel_id: row.channel_id,
    name: row.name,
    avatar: row.avatar,
    created_by: row.created_by,
    created_ts: row.created_ts,
    last_used_ts: row.last_used_ts,
    signed: row.signature_secret !== null,
    state: webhookState(room.authority, row, nowMs),
  };
}
