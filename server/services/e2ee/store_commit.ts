import type { Receipt } from "../../../core/api/e2ee_groups.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { hashReceipt } from "../../../core/e2ee/receipt_chain.ts";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { GroupRow, LeafRow } from "./group_rows.ts";
import type { Device } from "./registered_devices.ts";

/** What is kept of an accepted change. */
export interface Stored {
  readonly groupId: string;
  readonly roomId: RoomId;
  readonly receipt: Receipt;
  /** Of the commit; of the group information where the group was made without one. */
  readonly bytes: Uint8Array;
  readonly external: boolean;
  readonly unfollowed: number | undefined;
  readonly sender: Device;
  readonly groupInfo: Uint8Array;
  readonly suite: number;
  readonly sequencer: string;
  readonly leaves: readonly LeafRow[];
  /** See `endsFormer`. */
  readonly endsFormer: boolean;
  /** For the devices that were added. */
  readonly welcome: { readonly bytes: Uint8Array; readonly devices: readonly Device[] } | undefined;
}

/** Writes a group that was made. Its key keeps a second one of the room out. */
export async function storeGroup(tx: Tx, rng: Rng, stored: Stored): Promise<void> {
  const { receipt } = stored;
  await tx`
    insert into mls_groups (group_id, room_id, sequencer, term, epoch, suite, group_info, receipt,
      receipt_hash, epoch_ts, created_ts)
    values (${stored.groupId}, ${stored.roomId}, ${stored.sequencer}, ${receipt.term},
      ${receipt.base_epoch + 1}, ${stored.suite}, ${stored.groupInfo}, ${JSON.stringify(receipt)},
      ${hashReceipt(receipt)}, ${receipt.ts}, ${receipt.ts})`;
  await storeParts(tx, rng, stored);
}

/**
 * Writes the change of an epoch; the first one of a server that takes over also how it came to
 * that. False: another one came first.
 */
export async function storeCommit(
  tx: Tx,
  rng: Rng,
  { before, ...stored }: Stored & { readonly before: GroupRow },
): Promise<boolean> {
  const { receipt, groupId } = stored;
  const moved = await tx`
    update mls_groups set sequencer = ${stored.sequencer}, term = ${receipt.term},
      away_since_ts = null, away_tries = 0, epoch = ${
    receipt.base_epoch + 1
  }, group_info = ${stored.groupInfo},
      receipt = ${JSON.stringify(receipt)}, receipt_hash = ${hashReceipt(receipt)},
      epoch_ts = ${receipt.ts}, epoch_removed = ${stored.endsFormer}
    where group_id = ${groupId} and epoch = ${receipt.base_epoch} and term = ${before.term}
      and sequencer = ${before.sequencer}`;
  if (moved.count === 0) return false;
  if (before.sequencer !== stored.sequencer) {
    await tx`
      insert into mls_takeovers (group_id, term, former, first)
      values (${groupId}, ${receipt.term}, ${before.receipt}, ${JSON.stringify(receipt)})`;
  }
  await storeParts(tx, rng, stored);
  return true;
}

async function storeParts(tx: Tx, rng: Rng, stored: Stored): Promise<void> {
  const { receipt, groupId, roomId, sender, leaves } = stored;
  await tx`
    insert into mls_commits (group_id, base_epoch, hash, bytes, external, sender_user,
      sender_device, receipt, created_ts, unfollowed)
    values (${groupId}, ${receipt.base_epoch}, ${receipt.commit_hash}, ${stored.bytes},
      ${stored.external}, ${sender.user}, ${sender.device}, ${JSON.stringify(receipt)},
      ${receipt.ts}, ${stored.unfollowed ?? null})`;
  await writeLeaves(tx, { groupId, roomId, leaves });
  await storeWelcome(tx, rng, stored);
}

/** Who is in the group now; what was given out for who came in has been used. */
export async function writeLeaves(
  tx: Tx,
  { groupId, roomId, leaves }: Pick<Stored, "groupId" | "roomId" | "leaves">,
): Promise<void> {
  await tx`delete from mls_leaves where group_id = ${groupId}`;
  await tx`
    insert into mls_leaves (group_id, leaf, user_id, device_id, signature_key, credential)
    select ${groupId}, x.leaf, x."user", x.device, decode(x.key, 'base64'), x.credential
    from json_to_recordset(${
    JSON.stringify(leaves.map((leaf) => ({ ...leaf, key: leaf.signatureKey.toBase64() })))
  }::text::json) as x(leaf int, "user" text, device text, key text, credential text)`;
  await tx`
    delete from mls_claims c
    using mls_leaves l
    where l.group_id = ${groupId} and c.room_id = ${roomId} and c.user_id = l.user_id
      and c.device_id = l.device_id`;
}

async function storeWelcome(tx: Tx, rng: Rng, stored: Stored): Promise<void> {
  const { groupId, roomId, receipt, welcome } = stored;
  if (welcome === undefined) return;
  const hash = base64Of(sha256(welcome.bytes));
  await tx`
    insert into mls_welcome_bodies (hash, bytes, created_ts)
    values (${hash}, ${welcome.bytes}, ${receipt.ts})
    on conflict (hash) do update set created_ts = excluded.created_ts`;
  const rows = welcome.devices.map(({ user, device }) => ({
    id: encodeBase58Of16(rng.bytes(16)),
    user,
    device,
  }));
  await tx`
    insert into mls_welcomes (welcome_id, user_id, device_id, room_id, group_id, epoch, hash,
      created_ts)
    select x.id, x."user", x.device, ${roomId}, ${groupId}, ${receipt.base_epoch + 1}, ${hash},
      ${receipt.ts}
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as x(id text, "user" text, device text)`;
}
