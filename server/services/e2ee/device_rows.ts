import type { Identity } from "../../../core/api/e2ee_devices.ts";
import { base64Of, fromBase64 } from "../../../core/e2ee/bytes.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";

/** A row of `identities`. */
export interface IdentityRow {
  readonly user_id: UserId;
  readonly msk: Uint8Array;
  readonly ssk: Uint8Array;
  readonly usk: Uint8Array;
  readonly ssk_sig: Uint8Array;
  readonly usk_sig: Uint8Array;
}

/** A row of `devices`; without a session it has ended. */
export interface DeviceRow {
  readonly user_id: UserId;
  readonly device_id: DeviceId;
  readonly session_id: string | null;
  readonly certificate: Uint8Array | null;
  readonly signature_key: Uint8Array | null;
  readonly name: string;
  readonly created_ts: number;
}

/**
 * Waits until no other change of the account's identity and devices is under way; holds others
 * off until the transaction ends.
 */
export async function lockDeviceList(tx: Tx, userId: UserId): Promise<void> {
  await tx`
    insert into device_lists (user_id, version) values (${userId}, 0) on conflict do nothing`;
  await tx`select version from device_lists where user_id = ${userId} for update`;
}

/** Others see by the new version that what they hold of the account is old. */
export async function bumpDeviceList(tx: Tx, userId: UserId): Promise<void> {
  await tx`
    insert into device_lists (user_id, version) values (${userId}, 1)
    on conflict (user_id) do update set version = device_lists.version + 1`;
}

export async function findIdentities(
  sql: Queryable,
  users: readonly UserId[],
): Promise<ReadonlyMap<UserId, IdentityRow>> {
  const rows = await sql<IdentityRow[]>`
    select user_id, msk, ssk, usk, ssk_sig, usk_sig from identities
    where user_id = any(${[...users]})`;
  return new Map(rows.map((row) => [row.user_id, row]));
}

/** Devices of accounts of this server that others may encrypt to: signed in and certified. */
export async function findCertified(
  sql: Queryable,
  users: readonly UserId[],
): Promise<readonly (DeviceRow & { readonly certificate: Uint8Array })[]> {
  return await sql<(DeviceRow & { readonly certificate: Uint8Array })[]>`
    select * from devices
    where user_id = any(${[...users]}) and session_id is not null and certificate is not null
    order by user_id, device_id`;
}

/** The device that a session is, if it is one. */
export async function deviceOfSession(
  sql: Queryable,
  sessionId: string,
): Promise<DeviceId | undefined> {
  const [row] = await sql<Pick<DeviceRow, "device_id">[]>`
    select device_id from devices where session_id = ${sessionId}`;
  return row?.device_id;
}

export function identityOf(row: IdentityRow): Identity {
  return {
    msk: base64Of(row.msk),
    ssk: base64Of(row.ssk),
    usk: base64Of(row.usk),
    ssk_sig: base64Of(row.ssk_sig),
    usk_sig: base64Of(row.usk_sig),
  };
}

/** The bytes of an identity whose schema was checked. */
export function identityBytes(identity: Identity): Omit<IdentityRow, "user_id"> {
  const bytes = (text: string) => fromBase64(text) ?? new Uint8Array();
  return {
    msk: bytes(identity.msk),
    ssk: bytes(identity.ssk),
    usk: bytes(identity.usk),
    ssk_sig: bytes(identity.ssk_sig),
    usk_sig: bytes(identity.usk_sig),
  };
}
