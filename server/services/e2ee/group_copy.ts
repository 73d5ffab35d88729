import type { GroupCommit, Receipt, TakeOver } from "../../../core/api/e2ee_groups.ts";
import { base64Of, fromBase64 } from "../../../core/e2ee/bytes.ts";
import {
  goesBefore,
  hashReceipt,
  ordererOf,
  type Orders,
  presentOrder,
  signerOf,
} from "../../../core/e2ee/receipt_chain.ts";
import { sha256 } from "@noble/hashes/sha2.js";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { endsFormer, findCommits, findLeaves, type GroupRow, receiptOf } from "./group_rows.ts";
import { leafRow } from "./judge_commit.ts";
import { writeLeaves } from "./store_commit.ts";
import { mlsReaders } from "./mls_parts.ts";

/** A group that another server orders, as a server says it is now. */
export interface CopiedGroup {
  readonly roomId: RoomId;
  readonly sequencer: ServerName;
  /** Who ordered it in each term, as `takeovers` prove. */
  readonly orders: Orders;
  readonly takeovers: readonly TakeOver[];
  readonly groupId: string;
  readonly term: number;
  readonly epoch: number;
  readonly groupInfo: Uint8Array;
  readonly receipt: Receipt;
  /** Changes that the copy does not hold yet, in order. */
  readonly commits: readonly GroupCommit[];
}

/** Why what a sequencer says is not taken. */
export type CopyFault =
  | "other_group"
  | "other_term"
  | "other_sequencer"
  | "out_of_order"
  | "other_commit"
  | "broken_chain"
  | "other_group_info";

/**
 * Whether changes follow from what is held, each by its receipt's hash from the one before, and end
 * in the group as it is said to be. `gone`: changes in between are kept nowhere, so that the first
 * has nothing to follow from. Signatures are checked apart.
 */
export async function copyFault(
  held: GroupRow | undefined,
  copy: CopiedGroup,
  gone: boolean,
): Promise<CopyFault | undefined> {
  const { roomId, groupId, term, epoch, groupInfo, receipt, commits } = copy;
  if (held !== undefined && held.group_id !== groupId) return "other_group";
  if (held !== undefined && goesBefore(held, copy)) return "other_term";
  if (term < presentOrder(copy.orders).term) return "other_term";
  if (![...commits.map((commit) => commit.receipt), receipt].every((each) => isOf(copy, each))) {
    return "other_sequencer";
  }
  // A restored sequencer, and one that took over, go on in a new term from an epoch that may be
  // older than what is held.
  const anew = gone || (held !== undefined && goesBefore(copy, held));
  let next = anew ? commits[0]?.epoch ?? epoch : held?.epoch ?? -1;
  let former = anew ? undefined : held?.receipt_hash ?? null;
  let lastTerm = 0;
  for (const commit of commits) {
    const { receipt: said } = commit;
    if (said.group !== groupId || said.room !== roomId) return "other_group";
    if (said.term > term || said.term < lastTerm) return "other_term";
    lastTerm = said.term;
    if (commit.epoch !== next || said.base_epoch !== next) return "out_of_order";
    const bytes = fromBase64(commit.commit) ?? new Uint8Array();
    if (said.commit_hash !== base64Of(sha256(bytes))) return "other_commit";
    if (former !== undefined && said.prev_receipt !== former) return "broken_chain";
    former = hashReceipt(said);
    next++;
  }
  if (next !== epoch || receipt.base_epoch !== epoch - 1) return "out_of_order";
  if (former !== undefined && former !== hashReceipt(receipt)) return "broken_chain";
  if (receipt.group !== groupId || receipt.room !== roomId) return "other_group";
  const info = (await mlsReaders()).readGroupInfo(groupInfo);
  const fits = base64Of(info.groupId) === groupId && info.epoch === epoch &&
    base64Of(info.authHash) === receipt.auth_hash;
  return fits ? undefined : "other_group_info";
}

/** Whether a receipt names the server that ordered the group in its term. */
function isOf({ orders }: CopiedGroup, receipt: Receipt): boolean {
  return signerOf(receipt, orders[0].sequencer) === ordererOf(orders, receipt.term);
}

/**
 * Receipts that are held, of epochs that were changed otherwise in a term that goes before theirs:
 * the former ones are void. Both are kept. @returns the first pair
 */
export async function findRival(
  sql: Queryable,
  { groupId, commits }: CopiedGroup,
): Promise<readonly [Receipt, Receipt] | undefined> {
  const [first] = commits;
  if (first === undefined) return undefined;
  const held = await findCommits(sql, groupId, { fromEpoch: first.epoch, limit: commits.length });
  for (const row of held) {
    const former = receiptOf(row);
    const other = commits.find(({ epoch }) => epoch === row.base_epoch)?.receipt;
    if (other !== undefined && hashReceipt(other) !== hashReceipt(former)) return [former, other];
  }
  return undefined;
}

/** Writes a checked copy in the place of an older one. The caller holds the group's lock. */
export async function writeCopy(
  tx: Tx,
  copy: CopiedGroup,
  { removes, nowMs }: { readonly removes: boolean; readonly nowMs: number },
): Promise<void> {
  const { groupId, roomId, receipt, groupInfo, commits } = copy;
  const info = (await mlsReaders()).readGroupInfo(groupInfo);
  const leaves = info.leaves.map(leafRow);
  const ended = endsFormer(await findLeaves(tx, groupId), { removes, leaves });
  await tx`
    insert into mls_groups (group_id, room_id, sequencer, term, epoch, suite, group_info, receipt,
      receipt_hash, epoch_ts, epoch_removed, created_ts)
    values (${groupId}, ${roomId}, ${copy.sequencer}, ${copy.term}, ${copy.epoch}, ${info.suite},
      ${groupInfo}, ${JSON.stringify(receipt)}, ${hashReceipt(receipt)}, ${nowMs}, ${ended},
      ${nowMs})
    on conflict (group_id) do update set sequencer = excluded.sequencer, term = excluded.term,
      epoch = excluded.epoch, group_info = excluded.group_info, receipt = excluded.receipt,
      receipt_hash = excluded.receipt_hash, epoch_ts = excluded.epoch_ts,
      epoch_removed = excluded.epoch_removed, away_since_ts = null, away_tries = 0`;
  await tx`delete from mls_takeovers where group_id = ${groupId}`;
  for (const { former, first } of copy.takeovers) {
    await tx`
      insert into mls_takeovers (group_id, term, former, first)
      values (${groupId}, ${first.term}, ${JSON.stringify(former)}, ${JSON.stringify(first)})`;
  }
  // Of a former term: they lead nowhere any more.
  await tx`
    delete from mls_commits
    where group_id = ${groupId} and base_epoch >= ${copy.epoch - commits.length}`;
  for (const commit of commits) {
    await tx`
      insert into mls_commits (group_id, base_epoch, hash, bytes, external, sender_user,
        sender_device, receipt, created_ts)
      values (${groupId}, ${commit.epoch}, ${commit.receipt.commit_hash},
        ${fromBase64(commit.commit) ?? new Uint8Array()}, ${commit.external},
        ${commit.sender.user}, ${commit.sender.device}, ${JSON.stringify(commit.receipt)},
        ${nowMs})
      on conflict do nothing`;
  }
  await writeLeaves(tx, { groupId, roomId, leaves });
}

/** A Welcome for a device of this server, as the sequencer keeps it. */
export interface CopiedWelcome {
  readonly id: string;
  readonly user: UserId;
  readonly device: string;
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** Keeps Welcomes of devices that are here; those of others are of no use to anybody. */
export async function writeWelcomes(
  tx: Tx,
  welcomes: readonly CopiedWelcome[],
  { roomId, groupId, nowMs }: {
    readonly roomId: RoomId;
    readonly groupId: string;
    readonly nowMs: number;
  },
): Promise<UserId[]> {
  const users = new Set<UserId>();
  for (const { id, user, device, epoch, bytes } of welcomes) {
    const hash = base64Of(sha256(bytes));
    await tx`
      insert into mls_welcome_bodies (hash, bytes, created_ts) values (${hash}, ${bytes}, ${nowMs})
      on conflict (hash) do update set created_ts = excluded.created_ts`;
    const made = await tx`
      insert into mls_welcomes (welcome_id, user_id, device_id, room_id, group_id, epoch, hash,
        created_ts)
      select ${id}, d.user_id, d.device_id, ${roomId}, ${groupId}, ${epoch}, ${hash}, ${nowMs}
      from devices d
      where d.user_id = ${user} and d.device_id = ${device} and d.session_id is not null
      on conflict (welcome_id) do nothing`;
    if (made.count > 0) users.add(user);
  }
  return [...users];
}

/** Two receipts of one epoch, kept as proof; only the first two are. */
export async function keepContradiction(
  sql: Queryable,
  { sequencer, receipts: [first, second], nowMs }: {
    readonly sequencer: ServerName;
    readonly receipts: readonly [Receipt, Receipt];
    readonly nowMs: number;
  },
): Promise<boolean> {
  const kept = await sql`
    insert into mls_contradictions (group_id, room_id, sequencer, base_epoch, first, second,
      found_ts)
    values (${first.group}, ${first.room}, ${sequencer}, ${first.base_epoch},
      ${JSON.stringify(first)}, ${JSON.stringify(second)}, ${nowMs})
    on conflict do nothing`;
  return kept.count > 0;
}

/** Contradictions of a room's sequencer, the latest first. */
export async function findContradictions(
  sql: Queryable,
  roomId: RoomId,
): Promise<{ epoch: number; receipts: [Receipt, Receipt] }[]> {
  const rows = await sql<{ base_epoch: number; first: string; second: string }[]>`
    select base_epoch, first, second from mls_contradictions where room_id = ${roomId}
    order by base_epoch desc limit 10`;
  return rows.map(({ base_epoch: epoch, first, second }) => ({
    epoch,
    receipts: [JSON.parse(first) as Receipt, JSON.parse(second) as Receipt],
  }));
}
