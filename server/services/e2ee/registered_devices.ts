import type { DeviceId } from "../../../core/ids/device_id.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** A device as groups name it. */
export interface Device {
  readonly user: UserId;
  readonly device: DeviceId;
}

/** A device that is signed in and holds a certificate of its account's identity. */
export interface RegisteredDevice extends Device {
  readonly signatureKey: Uint8Array;
  readonly certificate: Uint8Array;
}

interface Row {
  readonly user_id: UserId;
  readonly device_id: DeviceId;
  readonly signature_key: Uint8Array;
  readonly certificate: Uint8Array;
}

export function deviceKey({ user, device }: { readonly user: string; readonly device: string }) {
  return `${user}\n${device}`;
}

/** The registered devices of these people, by user and device. */
export async function findRegistered(
  sql: Queryable,
  users: readonly UserId[],
): Promise<RegisteredDevice[]> {
  if (users.length === 0) return [];
  const rows = await sql<Row[]>`
    select user_id, device_id, signature_key, certificate from devices
    where user_id = any(${[...users]}) and session_id is not null and certificate is not null
    union all
    select user_id, device_id, signature_key, certificate from remote_devices
    where user_id = any(${[...users]})
    order by user_id, device_id`;
  return rows.map(deviceOf);
}

/** Of people of other servers those of whose devices nothing has been fetched yet. */
export async function findUnknown(
  sql: Queryable,
  users: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  const rows = await sql<{ user_id: UserId }[]>`
    select u.user_id from unnest(${[...users]}::text[]) as u (user_id)
    where not exists (select from users l where l.user_id = u.user_id)
      and not exists (select from remote_device_lists r where r.user_id = u.user_id)`;
  return new Set(rows.map((row) => row.user_id));
}

/** The device that the caller's session is. @throws OperationError `forbidden` */
export async function requireOwnDevice(
  sql: Queryable,
  { userId, sessionId }: Pick<Caller, "userId" | "sessionId">,
): Promise<RegisteredDevice> {
  const [row] = await sql<Row[]>`
    select user_id, device_id, signature_key, certificate from devices
    where session_id = ${sessionId} and user_id = ${userId} and certificate is not null`;
  if (row !== undefined) return deviceOf(row);
  throw new OperationError(
    "forbidden",
    "This session is no device that can read encrypted messages: register it with a certificate first.",
    { details: { reason: "no_device" } },
  );
}

function deviceOf(row: Row): RegisteredDevice {
  return {
    user: row.user_id,
    device: row.device_id,
    signatureKey: row.signature_key,
    certificate: row.certificate,
  };
}
