import type { Receipt, TakeOver } from "../../../core/api/e2ee_groups.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import type { Device } from "./registered_devices.ts";

/** A row of `mls_groups`, without the group information. */
export interface GroupRow {
  readonly group_id: string;
  readonly room_id: RoomId;
  readonly sequencer: ServerName;
  readonly term: number;
  readonly epoch: number;
  readonly suite: number;
  readonly receipt: string;
  readonly receipt_hash: string;
  readonly epoch_ts: number;
  /** The change that began it ended the epoch before at once (`endsFormer`). */
  readonly epoch_removed: boolean;
  /** Since when its sequencer did not answer this server, and how often it was asked since. */
  readonly away_since_ts: number | null;
  readonly away_tries: number;
}

/** One place of a group and who stands there. */
export interface LeafRow extends Device {
  readonly leaf: number;
  readonly signatureKey: Uint8Array;
  /** The certificate that it shows, unpadded base64. */
  readonly credential: string;
}

/** A row of `mls_commits`. */
export interface CommitRow {
  readonly base_epoch: number;
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly external: boolean;
  readonly sender_user: UserId;
  readonly sender_device: DeviceId;
  readonly receipt: string;
}

/** Holds other changes of the room's group off until the transaction ends. */
export async function lockGroup(tx: Tx, roomId: RoomId): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOCK_CLASS.groupOf}::int, hashtext(${roomId}))`;
}

/**
 * Whether a change ends the epoch before it at once: somebody who was removed could read what is
 * sealed in it, and somebody who had no device in the group could not.
 */
export function endsFormer(
  before: readonly Pick<LeafRow, "user">[],
  change: { readonly removes: boolean; readonly leaves: readonly Pick<LeafRow, "user">[] },
): boolean {
  const former = new Set(before.map(({ user }) => user));
  return change.removes || change.leaves.some(({ user }) => !former.has(user));
}

export async function findGroup(sql: Queryable, roomId: RoomId): Promise<GroupRow | undefined> {
  const [row] = await sql<GroupRow[]>`
    select group_id, room_id, sequencer, term, epoch, suite, receipt, receipt_hash, epoch_ts,
      epoch_removed, away_since_ts, away_tries
    from mls_groups where room_id = ${roomId}`;
  return row;
}

export async function findGroupInfo(
  sql: Queryable,
  roomId: RoomId,
): Promise<{ readonly epoch: number; readonly group_info: Uint8Array } | undefined> {
  const [row] = await sql<{ epoch: number; group_info: Uint8Array }[]>`
    select epoch, group_info from mls_groups where room_id = ${roomId}`;
  return row;
}

/** The group's leaves, by number. */
export async function findLeaves(sql: Queryable, groupId: string): Promise<LeafRow[]> {
  const rows = await sql<
    {
      leaf: number;
      user_id: UserId;
      device_id: DeviceId;
      signature_key: Uint8Array;
      credential: string;
    }[]
  >`
    select leaf, user_id, device_id, signature_key, credential from mls_leaves
    where group_id = ${groupId} order by leaf`;
  return rows.map((row) => ({
    leaf: row.leaf,
    user: row.user_id,
    device: row.device_id,
    signatureKey: row.signature_key,
    credential: row.credential,
  }));
}

/** Commits from an epoch on, in order. */
export async function findCommits(
  sql: Queryable,
  groupId: string,
  { fromEpoch, limit }: { readonly fromEpoch: number; readonly limit: number },
): Promise<CommitRow[]> {
  return await sql<CommitRow[]>`
    select base_epoch, hash, bytes, external, sender_user, sender_device, receipt
    from mls_commits where group_id = ${groupId} and base_epoch >= ${fromEpoch}
    order by base_epoch limit ${limit}`;
}

/** How the order of a group came to the server that has it, the first take-over first. */
export async function findTakeOvers(sql: Queryable, groupId: string): Promise<TakeOver[]> {
  const rows = await sql<{ former: string; first: string }[]>`
    select former, first from mls_takeovers where group_id = ${groupId} order by term`;
  return rows.map(({ former, first }) => ({
    former: JSON.parse(former) as Receipt,
    first: JSON.parse(first) as Receipt,
  }));
}

export function receiptOf({ receipt }: { readonly receipt: string }): Receipt {
  return JSON.parse(receipt) as Receipt;
}
