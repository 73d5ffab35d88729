import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { RoomKind } from "../../core/rules/room_facts.ts";
import type { Queryable } from "../postgres/sql.ts";

/** An invite by a user of another server into a room that nobody of ours is in. Times in ms. */
export interface ReceivedInviteRow {
  readonly user_id: UserId;
  readonly room_id: RoomId;
  readonly event_id: EventId;
  readonly sender: UserId;
  readonly origin: ServerName;
  readonly kind: RoomKind;
  readonly received_ts: number;
  readonly expires_ts: number | null;
  readonly name: string | null;
  readonly icon: string | null;
  readonly guild_id: string | null;
  /** Further servers of the room. */
  readonly servers: readonly ServerName[];
  readonly pdu: string;
  /** Kept out by the user's settings: not shown, and found when the user asks the sender. */
  readonly hidden: boolean;
}

/** Invites that wait for one user; further ones are not kept. */
export const WAITING_PER_USER_MAX = 200;
/** Invites of one server that wait here for all its addressees. */
export const WAITING_PER_ORIGIN_MAX = 2000;

/** Keeps an invite; a newer one of the same room takes its place. */
export async function keepReceivedInvite(sql: Queryable, row: ReceivedInviteRow): Promise<void> {
  await sql`
    insert into received_invites ${sql({ ...row, servers: [...row.servers] })}
    on conflict (user_id, room_id) do update set event_id = excluded.event_id, sender = excluded.sender,
      origin = excluded.origin, received_ts = excluded.received_ts,
      expires_ts = excluded.expires_ts, name = excluded.name, icon = excluded.icon,
      servers = excluded.servers, pdu = excluded.pdu, hidden = excluded.hidden`;
}

export async function countReceivedInvites(
  sql: Queryable,
  of: { readonly user: UserId; readonly origin: ServerName; readonly hidden: boolean },
): Promise<{ readonly user: number; readonly origin: number }> {
  const [row] = await sql<{ by_user: number; by_origin: number }[]>`
    select (select count(*)::int from received_invites
        where user_id = ${of.user} and hidden = ${of.hidden}) as by_user,
      (select count(*)::int from received_invites where origin = ${of.origin}) as by_origin`;
  return { user: row?.by_user ?? 0, origin: row?.by_origin ?? 0 };
}

/** Those that can still be accepted, newest first. */
export async function listReceivedInvites(
  sql: Queryable,
  userId: UserId,
  nowMs: number,
): Promise<ReceivedInviteRow[]> {
  return await sql<ReceivedInviteRow[]>`
    select * from received_invites
    where user_id = ${userId} and not hidden and (expires_ts is null or expires_ts > ${nowMs})
    order by received_ts desc, room_id limit ${WAITING_PER_USER_MAX}`;
}

/** Those of one sender that can still be accepted, hidden ones too; newest first. */
export async function findInvitesFrom(
  sql: Queryable,
  { userId, sender, nowMs }: {
    readonly userId: UserId;
    readonly sender: UserId;
    readonly nowMs: number;
  },
): Promise<ReceivedInviteRow[]> {
  return await sql<ReceivedInviteRow[]>`
    select * from received_invites where user_id = ${userId} and sender = ${sender}
      and (expires_ts is null or expires_ts > ${nowMs})
    order by received_ts desc, room_id limit ${WAITING_PER_USER_MAX}`;
}

export async function findReceivedInvite(
  sql: Queryable,
  userId: UserId,
  roomId: RoomId,
): Promise<ReceivedInviteRow | undefined> {
  const [row] = await sql<ReceivedInviteRow[]>`
    select * from received_invites where user_id = ${userId} and room_id = ${roomId}`;
  return row;
}

export async function dropReceivedInvite(
  sql: Queryable,
  userId: UserId,
  roomId: RoomId,
): Promise<void> {
  await sql`delete from received_invites where user_id = ${userId} and room_id = ${roomId}`;
}
