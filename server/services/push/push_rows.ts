import type { PushDevice } from "../../../core/api/push.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { PushAddress } from "../../push/seal_push.ts";

/** A device that wants to be told. */
export interface PushTarget extends PushAddress {
  readonly sessionId: string;
  readonly userId: UserId;
}

interface TargetRow {
  session_id: string;
  user_id: UserId;
  endpoint: string;
  p256dh: string;
  auth: string;
}

export async function listPushDevices(
  sql: Queryable,
  who: { readonly userId: UserId; readonly current: string; readonly nowMs: number },
): Promise<PushDevice[]> {
  return await sql<PushDevice[]>`
    select p.session_id, s.device_name, p.created_ts, p.last_push_ts,
      p.session_id = ${who.current} as current
    from push_devices p join sessions s on s.session_id = p.session_id
    where p.user_id = ${who.userId} and s.expires_ts > ${who.nowMs}
    order by current desc, p.created_ts desc, p.session_id`;
}

/** Keeps where a session's device is told; whoever had the same browser before has it no more. */
export async function putPushDevice(
  sql: Queryable,
  target: PushTarget,
  nowMs: number,
): Promise<void> {
  await sql`
    delete from push_devices
    where endpoint = ${target.endpoint} and session_id <> ${target.sessionId}`;
  await sql`
    insert into push_devices (session_id, user_id, endpoint, p256dh, auth, created_ts)
    values (${target.sessionId}, ${target.userId}, ${target.endpoint}, ${target.p256dh},
      ${target.auth}, ${nowMs})
    on conflict (session_id) do update set endpoint = excluded.endpoint,
      p256dh = excluded.p256dh, auth = excluded.auth`;
}

export async function countPushDevices(sql: Queryable, userId: UserId): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from push_devices where user_id = ${userId}`;
  return row?.count ?? 0;
}

/** Resolves whether there was one. */
export async function dropPushDevice(
  sql: Queryable,
  device: { readonly userId: UserId; readonly sessionId: string },
): Promise<boolean> {
  const gone = await sql`
    delete from push_devices
    where session_id = ${device.sessionId} and user_id = ${device.userId}`;
  return gone.count > 0;
}

/** Its push service says that nobody listens there any more. */
export async function dropPushEndpoint(sql: Queryable, target: PushTarget): Promise<void> {
  await sql`
    delete from push_devices
    where session_id = ${target.sessionId} and endpoint = ${target.endpoint}`;
}

export async function notePushed(
  sql: Queryable,
  target: PushTarget,
  nowMs: number,
): Promise<void> {
  await sql`
    update push_devices set last_push_ts = ${nowMs}
    where session_id = ${target.sessionId} and endpoint = ${target.endpoint}`;
}

/** Devices of these users, as long as their sessions last. */
export async function findPushTargets(
  sql: Queryable,
  userIds: readonly UserId[],
  nowMs: number,
): Promise<PushTarget[]> {
  if (userIds.length === 0) return [];
  const rows = await sql<TargetRow[]>`
    select p.session_id, p.user_id, p.endpoint, p.p256dh, p.auth
    from push_devices p join sessions s on s.session_id = p.session_id
    where p.user_id = any(${[...userIds]}) and s.expires_ts > ${nowMs}
    order by p.session_id`;
  return rows.map(targetOf);
}

export async function findPushTarget(
  sql: Queryable,
  device: { readonly userId: UserId; readonly sessionId: string },
): Promise<PushTarget | undefined> {
  const [row] = await sql<TargetRow[]>`
    select session_id, user_id, endpoint, p256dh, auth from push_devices
    where session_id = ${device.sessionId} and user_id = ${device.userId}`;
  return row && targetOf(row);
}

/** Everybody with a device that is told. */
export async function findPushUsers(sql: Queryable): Promise<UserId[]> {
  const rows = await sql<{ user_id: UserId }[]>`select distinct user_id from push_devices`;
  return rows.map((row) => row.user_id);
}

function targetOf({ session_id, user_id, endpoint, p256dh, auth }: TargetRow): PushTarget {
  return { sessionId: session_id, userId: user_id, endpoint, p256dh, auth };
}
