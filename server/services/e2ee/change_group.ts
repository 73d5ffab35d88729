import { sha256 } from "@noble/hashes/sha2.js";
import type { Receipt } from "../../../core/api/e2ee_groups.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { OperationError } from "../../../core/errors.ts";
import type { EventSigner } from "../../../core/event/sign.ts";
import type { Bundle, BundleFacts } from "../../../core/mls/bundle.ts";
import type { CommitFacts } from "../../../core/mls/readers.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import { checkedBundle } from "./bundle.ts";
import { findClaims } from "./claim_rows.ts";
import { sameOrStale } from "./commit_log.ts";
import { readFounding } from "./founding.ts";
import type { GroupDeps } from "./group_deps.ts";
import { publishGroupNotice } from "./group_notice.ts";
import { policy, readMls } from "./group_refusals.ts";
import { endsFormer, findGroup, findGroupInfo, type GroupRow, lockGroup } from "./group_rows.ts";
import { judgeCommit, leafRow } from "./judge_commit.ts";
import { signReceipt, type Unsigned } from "./receipts.ts";
import { deviceKey, findRegistered, type RegisteredDevice } from "./registered_devices.ts";
import { storeCommit, type Stored, storeGroup } from "./store_commit.ts";
import { type ServersOf, successorsOf } from "./sequencer.ts";
import { requireUseful } from "./useless_commits.ts";
import { membersOf, readRoster } from "./wanted.ts";
import { mlsReaders } from "./mls_parts.ts";

/** Who asks this server, which orders the group's changes, for one. */
export interface Asking {
  readonly room: Room;
  /** The device, as its session or its server vouches. */
  readonly caller: RegisteredDevice;
}

/** A change of a group. */
export interface Change extends Asking {
  readonly bundle: Bundle;
  readonly baseEpoch: number;
  readonly external: boolean;
  /** Of an external one: the epoch whose change the device could not follow. */
  readonly unfollowed: number | undefined;
}

interface Outcome {
  readonly receipt: Receipt;
  /** Undefined: it was stored before. */
  readonly stored: Stored | undefined;
}

function same(receipt: Receipt): Outcome {
  return { receipt, stored: undefined };
}

/**
 * Founds the group of a room, with its founder's device alone in it.
 * @throws OperationError `policy`, `roster_mismatch`, `stale_epoch`, `rate_limited`, `invalid`
 */
export async function foundGroup(
  deps: GroupDeps,
  asking: Asking & { readonly groupId: string; readonly groupInfo: Uint8Array },
): Promise<Receipt> {
  const { room, caller, groupId, groupInfo } = asking;
  const info = await readFounding(groupInfo, { groupId, caller });
  const { leaf } = info;
  const members = await membersOf(deps, room);
  const signer = await deps.signer.current(deps.clock.now());
  const servers = { room, members, self: deps.serverName };
  const hash = base64Of(sha256(groupInfo));
  const outcome = await inGroupTurn(deps, asking, async (tx): Promise<Outcome> => {
    const present = await findGroup(tx, room.id);
    if (present !== undefined) {
      return same(await sameOrStale(tx, present, { hash, baseEpoch: -1 }));
    }
    requireMember(await findRegistered(tx, members), caller);
    const receipt = await signReceipt({
      group: groupId,
      room: room.id,
      term: 0,
      base_epoch: -1,
      commit_hash: hash,
      auth_hash: base64Of(info.authHash),
      prev_receipt: null,
      ts: deps.clock.now(),
      by: deps.serverName,
      successors: successorsOf(servers),
    }, signer);
    const stored: Stored = {
      ...storedOf(deps, asking, receipt),
      groupId,
      groupInfo,
      bytes: groupInfo,
      leaves: [leafRow(leaf)],
      suite: info.suite,
    };
    await storeGroup(tx, deps.rng, stored);
    return { receipt, stored };
  });
  return announced(deps, outcome);
}

/**
 * Takes the first change of an epoch; the same one again gets the same answer.
 * @throws OperationError `policy`, `roster_mismatch`, `stale_epoch`, `not_found`, `rate_limited`,
 * `invalid`
 */
export async function changeGroup(deps: GroupDeps, change: Change): Promise<Receipt> {
  const { room, bundle, baseEpoch } = change;
  const commit = await readMls(
    "commit",
    async () => (await mlsReaders()).readCommit(bundle.commit),
  );
  requireWords(change, commit);
  const members = await membersOf(deps, room);
  const signer = await deps.signer.current(deps.clock.now());
  const hash = base64Of(commit.hash);
  const outcome = await inGroupTurn(deps, change, async (tx, facts): Promise<Outcome> => {
    const group = await findGroup(tx, room.id);
    if (group === undefined) throw noGroup();
    if (facts === undefined || group.epoch !== baseEpoch) {
      return same(await sameOrStale(tx, group, { hash, baseEpoch }));
    }
    const servers = { room, members, self: deps.serverName };
    const stored = await judged(tx, { change, facts, group, servers, signer, deps });
    // The turn keeps others out; the condition is what the promise of one change rests on.
    if (await storeCommit(tx, deps.rng, { ...stored, before: group })) {
      return { receipt: stored.receipt, stored };
    }
    return same(await sameOrStale(tx, group, { hash, baseEpoch }));
  });
  return announced(deps, outcome);
}

/** What the bundle says of itself around the commit is what the commit says. */
function requireWords({ external, baseEpoch }: Change, commit: CommitFacts): void {
  if (commit.external !== external) {
    throw policy("not_external", "`external` does not say what the commit is.");
  }
  if (commit.epoch !== baseEpoch) {
    throw policy("other_group", `The commit is for epoch ${commit.epoch}, not for ${baseEpoch}.`);
  }
}

/** The change as it is to be stored, once everything about it was checked. */
async function judged(
  tx: Tx,
  { change, facts, group, servers, signer, deps }: {
    readonly change: Change;
    readonly facts: BundleFacts;
    readonly group: GroupRow;
    readonly servers: ServersOf;
    readonly signer: EventSigner;
    readonly deps: Pick<GroupDeps, "clock" | "serverName">;
  },
): Promise<Stored> {
  const { caller, bundle } = change;
  const { members } = servers;
  const roster = await readRoster(tx, { groupId: group.group_id, members });
  requireMember(roster.registered, caller);
  await requireUseful(tx, { group, caller, leaves: roster.leaves, nowMs: deps.clock.now() });
  const claims = await findClaims(tx, group.room_id);
  const { leaves, added, removed } = judgeCommit({ ...roster, facts, caller, claims });
  const unsigned = { ...nextReceipt(deps, group, facts), successors: successorsOf(servers) };
  const receipt = await signReceipt(unsigned, signer);
  const { welcome } = bundle;
  return {
    ...storedOf(deps, change, receipt),
    groupId: group.group_id,
    groupInfo: bundle.groupInfo,
    bytes: bundle.commit,
    external: facts.external,
    unfollowed: change.unfollowed,
    leaves,
    endsFormer: endsFormer(roster.leaves, { removes: removed.length > 0, leaves }),
    suite: group.suite,
    ...(welcome === undefined ? {} : { welcome: { bytes: welcome, devices: added } }),
  };
}

/**
 * A turn of the room's group: others wait, in all processes. What is checked without the group's
 * present members is checked before, where nobody waits for it. Repetitions and lost races are not
 * counted against the device.
 */
async function inGroupTurn(
  deps: GroupDeps,
  asking: Asking & { readonly bundle?: Bundle; readonly baseEpoch?: number },
  work: (tx: Tx, facts: BundleFacts | undefined) => Promise<Outcome>,
): Promise<Outcome> {
  const { room, caller, bundle, baseEpoch } = asking;
  const claims = [{ policy: "groupCommit", who: deviceKey(caller) }] as const;
  await deps.throttle.take("changes of encrypted groups by this device", claims);
  try {
    const before = bundle && await findGroupInfo(deps.sql, room.id);
    const facts = bundle !== undefined && before !== undefined && before.epoch === baseEpoch
      ? await checkedBundle(before.group_info, bundle)
      : undefined;
    const outcome = await deps.sql.begin(async (tx) => {
      await lockGroup(tx, room.id);
      const outcome = await work(tx, facts);
      if (outcome.stored !== undefined) await deps.elsewhere.tellMembers(tx, room);
      return outcome;
    });
    if (outcome.stored === undefined) await deps.throttle.giveBack(claims);
    else deps.elsewhere.wake();
    return outcome;
  } catch (error) {
    const isRace = error instanceof OperationError &&
      (error.code === "stale_epoch" || error.code === "roster_mismatch");
    if (isRace) await deps.throttle.giveBack(claims);
    throw error;
  }
}

function requireMember(
  registered: readonly RegisteredDevice[],
  caller: RegisteredDevice,
): void {
  if (registered.some((each) => deviceKey(each) === deviceKey(caller))) return;
  throw policy("not_committer", "This device belongs to nobody who is in this conversation.");
}

function nextReceipt(
  { clock, serverName: by }: Pick<GroupDeps, "clock" | "serverName">,
  group: GroupRow,
  facts: BundleFacts,
): Unsigned {
  return {
    group: group.group_id,
    room: group.room_id,
    // Whoever takes over begins a term with the first change that it takes.
    term: group.sequencer === by ? group.term : group.term + 1,
    by,
    base_epoch: group.epoch,
    commit_hash: base64Of(facts.hash),
    auth_hash: base64Of(facts.authHash),
    prev_receipt: group.receipt_hash,
    ts: clock.now(),
  };
}

function storedOf(
  { serverName }: Pick<GroupDeps, "serverName">,
  { room, caller }: Asking,
  receipt: Receipt,
) {
  return {
    roomId: room.id,
    receipt,
    external: false,
    unfollowed: undefined,
    endsFormer: false,
    sender: { user: caller.user, device: caller.device },
    sequencer: serverName,
    welcome: undefined,
  } as const;
}

function announced({ bus }: Pick<GroupDeps, "bus">, { receipt, stored }: Outcome): Receipt {
  if (stored === undefined) return receipt;
  const { roomId, welcome } = stored;
  publishGroupNotice(bus, { kind: "epoch", roomId, epoch: receipt.base_epoch + 1 });
  const userIds = [...new Set(welcome?.devices.map(({ user }) => user))];
  if (userIds.length > 0) publishGroupNotice(bus, { kind: "welcome", roomId, userIds });
  return receipt;
}

export function noGroup(): OperationError {
  return new OperationError("not_found", "This conversation has no encrypted group yet.");
}
