import { type Group, GROUP_LIMITS, type Receipt } from "../../../core/api/e2ee_groups.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { KeyEntry } from "../../../core/keys/key_entry.ts";
import type { Caller } from "../../http/caller.ts";
import type { Room } from "../../rooms/room.ts";
import { openChannel } from "../chat/place.ts";
import { bytesOf, openBundle, type RawBundle } from "./bundle.ts";
import { changeGroup, foundGroup, noGroup } from "./change_group.ts";
import { claimKeyPackages } from "./claim_key_packages.ts";
import { type CommitPage, readCommitLog } from "./commit_log.ts";
import type { GroupDeps } from "./group_deps.ts";
import { findContradictions } from "./group_copy.ts";
import type { HandedPackage } from "./groups_elsewhere.ts";
import { notEncrypted } from "./group_refusals.ts";
import { findGroup, findGroupInfo, findTakeOvers, receiptOf } from "./group_rows.ts";
import { requireOwnDevice } from "./registered_devices.ts";
import { canBeEncrypted, isEncrypted, mayEncrypt } from "./room_encryption.ts";
import { firstSequencerOf } from "./sequencer.ts";
import { findSequencerKeys } from "./sequencer_keys.ts";
import { membersOf, readRoster } from "./wanted.ts";

type Who = Pick<Caller, "userId" | "sessionId">;

/**
 * The room of a group, for one of its members. Whoever may switch encryption on may found the group
 * before that, so that nobody is kept from writing in between.
 * @throws OperationError `not_found`, `invalid`, `unavailable`
 */
async function openGroupRoom(deps: GroupDeps, userId: UserId, rawId: string): Promise<Room> {
  const { room } = await openChannel(deps, userId, { roomId: rawId, channelId: MAIN_CHANNEL });
  const { authority } = room;
  if (!canBeEncrypted(authority)) throw notEncrypted();
  if (!isEncrypted(authority) && !mayEncrypt(authority, userId)) throw notEncrypted();
  return room;
}

/**
 * The group as this server knows it. Where another one orders it and cannot be asked now, it is as
 * it was last seen and its changes are paused. @throws OperationError `not_found`, `invalid`
 */
export async function getGroup(deps: GroupDeps, who: Who, rawId: string): Promise<Group> {
  const room = await openGroupRoom(deps, who.userId, rawId);
  if (await deps.elsewhere.ordersHere(room)) {
    await deps.elsewhere.learn(await membersOf(deps, room));
    return await viewGroup(deps, room, who.userId);
  }
  const wanted = await deps.elsewhere.sync(room);
  const view = await viewGroup(deps, room, who.userId);
  return wanted === undefined ? { ...view, state: "paused" } : { ...view, wanted };
}

async function viewGroup(deps: GroupDeps, room: Room, userId: UserId): Promise<Group> {
  const [group, info] = await Promise.all([
    findGroup(deps.sql, room.id),
    findGroupInfo(deps.sql, room.id),
  ]);
  const members = await membersOf(deps, room);
  const { leaves, wanted } = await readRoster(deps.sql, {
    groupId: group?.group_id ?? "",
    members,
  });
  const inside = new Set(leaves.map(({ user }) => user));
  const awaited = members.filter((user) => !inside.has(user)).slice(0, GROUP_LIMITS.devices);
  const since_ts = room.authority.view.get("m.room.member", userId)?.pdu.origin_ts ?? 0;
  const sequencer = group?.sequencer ?? firstSequencerOf(room);
  if (group === undefined || info === undefined) {
    return {
      state: "none",
      group_id: null,
      term: 0,
      epoch: null,
      group_info: null,
      leaves: [],
      wanted,
      awaited,
      since_ts,
      receipt: null,
      sequencer,
      successors: [],
      takeovers: [],
      contradictions: [],
    };
  }
  // A change between the two reads: what is told is of the later epoch, and told again.
  if (info.epoch !== group.epoch) return await viewGroup(deps, room, userId);
  const receipt = receiptOf(group);
  return {
    state: "active",
    group_id: group.group_id,
    term: group.term,
    epoch: group.epoch,
    group_info: base64Of(info.group_info),
    leaves: leaves.map(({ leaf, user, device }) => ({ leaf, user, device })),
    wanted,
    awaited,
    since_ts,
    receipt,
    sequencer,
    successors: receipt.successors ?? [],
    takeovers: await findTakeOvers(deps.sql, group.group_id),
    contradictions: await findContradictions(deps.sql, room.id),
  };
}

/** @throws OperationError as `foundGroup`, and `invalid`, `forbidden`, `unavailable` */
export async function createGroup(
  deps: GroupDeps,
  who: Who,
  input: { readonly roomId: string; readonly groupId: string; readonly groupInfo: string },
): Promise<{ receipt: Receipt }> {
  const room = await openGroupRoom(deps, who.userId, input.roomId);
  const caller = await requireOwnDevice(deps.sql, who);
  const asking = { room, caller, groupInfo: bytesOf(input.groupInfo), groupId: input.groupId };
  return {
    receipt: await deps.elsewhere.ordersHere(room)
      ? await foundGroup(deps, asking)
      : await deps.elsewhere.found(asking),
  };
}

/** @throws OperationError as `changeGroup`, and `invalid`, `forbidden`, `unavailable` */
export async function sendCommit(
  deps: GroupDeps,
  who: Who,
  input: {
    readonly roomId: string;
    readonly baseEpoch: number;
    readonly external: boolean;
    readonly unfollowed: number | undefined;
    readonly bundle: RawBundle;
  },
): Promise<{ receipt: Receipt }> {
  const room = await openGroupRoom(deps, who.userId, input.roomId);
  const caller = await requireOwnDevice(deps.sql, who);
  const { baseEpoch, external, unfollowed } = input;
  const bundle = openBundle(input.bundle);
  const change = { room, caller, bundle, baseEpoch, external, unfollowed };
  return {
    receipt: await deps.elsewhere.ordersHere(room)
      ? await changeGroup(deps, change)
      : await deps.elsewhere.change(change),
  };
}

/** @throws OperationError `not_found`, `invalid` */
export async function listCommits(
  deps: GroupDeps,
  who: Who,
  input: { readonly roomId: string; readonly afterEpoch: number; readonly limit: number },
): Promise<CommitPage> {
  const room = await openGroupRoom(deps, who.userId, input.roomId);
  if (!await deps.elsewhere.ordersHere(room)) await deps.elsewhere.sync(room);
  const group = await findGroup(deps.sql, room.id);
  if (group === undefined) throw noGroup();
  return await readCommitLog(deps.sql, group, {
    fromEpoch: input.afterEpoch + 1,
    limit: input.limit,
  });
}

/** @throws OperationError `not_found`, `invalid` */
export async function listSequencerKeys(
  deps: GroupDeps,
  who: Who,
  input: { readonly roomId: string; readonly keys: string },
): Promise<{ keys: KeyEntry[] }> {
  const room = await openGroupRoom(deps, who.userId, input.roomId);
  return await findSequencerKeys(deps, room, input.keys.split(","));
}

/** @throws OperationError `not_found`, `invalid`, `forbidden`, `rate_limited` */
export async function claimForRoom(
  deps: GroupDeps,
  who: Who,
  input: {
    readonly roomId: string;
    readonly devices: readonly { readonly user: string; readonly device: string }[];
  },
): Promise<{ packages: HandedPackage[] }> {
  const room = await openGroupRoom(deps, who.userId, input.roomId);
  await requireOwnDevice(deps.sql, who);
  const { devices } = input;
  const { userId } = who;
  return {
    packages: await deps.elsewhere.ordersHere(room)
      ? await claimKeyPackages(deps, { room, claimer: userId, devices })
      : await deps.elsewhere.claim(room, { user: userId, devices }),
  };
}
