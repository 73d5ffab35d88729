import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { type Device, deviceKey } from "./registered_devices.ts";

/** A package that was given out for a room. */
export interface ClaimRow {
  readonly user_id: UserId;
  readonly device_id: DeviceId;
  readonly ref: string;
  readonly bytes: Uint8Array;
  readonly last_resort: boolean;
}

/** A claim counts so long: afterwards another package is given. */
export const CLAIM_MS = 24 * 3_600_000;

/** References of the packages given out for a room, by `deviceKey`. */
export async function findClaims(
  sql: Queryable,
  roomId: RoomId,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ user_id: string; device_id: string; ref: string }[]>`
    select user_id, device_id, ref from mls_claims where room_id = ${roomId}`;
  return new Map(
    rows.map((row) => [deviceKey({ user: row.user_id, device: row.device_id }), row.ref]),
  );
}

/** What was given out for these devices and not used since. */
export async function findOpenClaims(
  tx: Tx,
  { roomId, devices, nowMs }: {
    readonly roomId: RoomId;
    readonly devices: readonly Device[];
    readonly nowMs: number;
  },
): Promise<ClaimRow[]> {
  return await tx<ClaimRow[]>`
    select c.user_id, c.device_id, c.ref, c.bytes, c.last_resort
    from mls_claims c
    join unnest(${devices.map(({ user }) => user)}::text[],
      ${devices.map(({ device }) => device)}::text[]) as w(user_id, device_id)
      on c.user_id = w.user_id and c.device_id = w.device_id
    where c.room_id = ${roomId} and c.claimed_ts > ${
    nowMs - CLAIM_MS
  } and c.not_after_ts > ${nowMs}`;
}

export type Taken = ClaimRow & { readonly not_after_ts: number };

/** One package of each device, the oldest first, which nobody else is taking at this moment. */
export async function takePackages(
  tx: Tx,
  devices: readonly Device[],
  nowMs: number,
): Promise<Taken[]> {
  if (devices.length === 0) return [];
  return await tx<Taken[]>`
    with picked as materialized (
      select k.ref
      from unnest(${devices.map(({ user }) => user)}::text[],
        ${devices.map(({ device }) => device)}::text[]) as w(user_id, device_id)
      cross join lateral (
        select p.ref from mls_key_packages p
        where p.user_id = w.user_id and p.device_id = w.device_id and not p.last_resort
          and p.not_after_ts > ${nowMs}
        order by p.created_ts limit 1 for update skip locked) k)
    delete from mls_key_packages p using picked where p.ref = picked.ref
    returning p.user_id, p.device_id, p.ref, p.bytes, p.last_resort, p.not_after_ts`;
}

/** The last resort of each device: it stays, and is marked. */
export async function takeLastResorts(
  tx: Tx,
  devices: readonly Device[],
  nowMs: number,
): Promise<Taken[]> {
  if (devices.length === 0) return [];
  return await tx<Taken[]>`
    update mls_key_packages p set used_ts = ${nowMs}
    from unnest(${devices.map(({ user }) => user)}::text[],
      ${devices.map(({ device }) => device)}::text[]) as w(user_id, device_id)
    where p.user_id = w.user_id and p.device_id = w.device_id and p.last_resort
      and p.not_after_ts > ${nowMs}
    returning p.user_id, p.device_id, p.ref, p.bytes, p.last_resort, p.not_after_ts`;
}

/** Notes what was given out, in place of what was given out before. */
export async function noteClaims(
  tx: Tx,
  { roomId, claimedBy, taken, nowMs }: {
    readonly roomId: RoomId;
    /** Who asked: a user, or a server for its own. */
    readonly claimedBy: string;
    readonly taken: readonly Taken[];
    readonly nowMs: number;
  },
): Promise<void> {
  for (const row of taken) {
    await tx`
      insert into mls_claims (room_id, user_id, device_id, ref, last_resort, not_after_ts, bytes,
        claimed_by, claimed_ts)
      values (${roomId}, ${row.user_id}, ${row.device_id}, ${row.ref}, ${row.last_resort},
        ${row.not_after_ts}, ${row.bytes}, ${claimedBy}, ${nowMs})
      on conflict (room_id, user_id, device_id) do update set ref = excluded.ref,
        last_resort = excluded.last_resort, not_after_ts = excluded.not_after_ts,
        bytes = excluded.bytes, claimed_by = excluded.claimed_by, claimed_ts = excluded.claimed_ts`;
  }
}

/** How many one-time packages of each of these devices are left, by `deviceKey`. */
export async function countPackages(
  sql: Queryable,
  devices: readonly Device[],
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ user_id: string; device_id: string; count: number }[]>`
    select w.user_id, w.device_id, count(p.ref)::int as count
    from unnest(${devices.map(({ user }) => user)}::text[],
      ${devices.map(({ device }) => device)}::text[]) as w(user_id, device_id)
    left join mls_key_packages p on p.user_id = w.user_id and p.device_id = w.device_id
      and not p.last_resort and p.not_after_ts > ${nowMs}
    group by w.user_id, w.device_id`;
  return new Map(
    rows.map((row) => [deviceKey({ user: row.user_id, device: row.device_id }), row.count]),
  );
}
