import { GROUP_LIMITS, type GroupCommit, type Receipt } from "../../../core/api/e2ee_groups.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { type CommitRow, findCommits, type GroupRow, receiptOf } from "./group_rows.ts";

/** Missing commits that a refusal brings along; more are fetched. */
const COMMITS_IN_REFUSAL = 20;

/** Of one answer of the log, before base64. */
const PAGE_BYTES = 4 * 1024 * 1024;

export interface CommitPage {
  readonly commits: GroupCommit[];
  readonly has_more: boolean;
  readonly gone: boolean;
}

/** Changes of the group from an epoch on; in order, without a gap. */
export async function readCommitLog(
  sql: Queryable,
  group: GroupRow,
  { fromEpoch, limit }: { readonly fromEpoch: number; readonly limit: number },
): Promise<CommitPage> {
  const rows = await findCommits(sql, group.group_id, {
    fromEpoch,
    limit: Math.min(limit, GROUP_LIMITS.commitsPage),
  });
  const page: CommitRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.bytes.length;
    if (page.length > 0 && bytes > PAGE_BYTES) break;
    page.push(row);
  }
  const next = page.at(-1)?.base_epoch ?? fromEpoch - 1;
  return {
    commits: page.map(viewCommit),
    has_more: page.length > 0 && next + 1 < group.epoch,
    // Whoever is ahead of the group is in one that a restored server does not know.
    gone: (rows[0]?.base_epoch ?? group.epoch) > Math.max(fromEpoch, 0) ||
      fromEpoch > group.epoch,
  };
}

/** The answer that the same change got before; another one's refusal, with what is missing. */
export async function sameOrStale(
  sql: Queryable,
  group: GroupRow,
  change: { readonly hash: string; readonly baseEpoch: number },
): Promise<Receipt> {
  const page = await readCommitLog(sql, group, {
    fromEpoch: change.baseEpoch,
    limit: COMMITS_IN_REFUSAL,
  });
  const [first] = page.commits;
  const isSame = first?.receipt.commit_hash === change.hash && first.epoch === change.baseEpoch;
  if (first !== undefined && isSame) return first.receipt;
  throw new OperationError(
    "stale_epoch",
    `The group is in epoch ${group.epoch} already: take in the changes since ${change.baseEpoch} first.`,
    { details: { epoch: group.epoch, group_id: group.group_id, ...page } },
  );
}

function viewCommit(row: CommitRow): GroupCommit {
  return {
    epoch: row.base_epoch,
    commit: base64Of(row.bytes),
    receipt: receiptOf(row),
    sender: { user: row.sender_user, device: row.sender_device },
    external: row.external,
  };
}
