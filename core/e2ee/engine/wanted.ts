import { sha256 } from "@noble/hashes/sha2.js";
import { authHashOf, type Group } from "../../mls/group.ts";
import { base64Of, equalBytes, framed } from "../bytes.ts";
import { anchor } from "./anchor.ts";
import type { DeviceRef, GroupView } from "./calls.ts";
import { GroupLost } from "./core.ts";
import { viewGroup } from "./group_view.ts";
import type { RoomBox } from "./room_box.ts";
import { noteMembers } from "./rosters.ts";

/** e2ee.md 6: own keys are renewed after so many own messages at the latest. */
const MAX_SEALED = 5000;
/** The device with the lowest hash begins; others wait so long (ms). */
const WAITS_MS = [0, 2000, 5000] as const;

/** How long this device waits before it does what is wanted (ms). */
export function waitOf(
  own: DeviceRef,
  members: readonly DeviceRef[],
  epoch: number,
): number {
  const rank = (ref: DeviceRef) =>
    sha256(framed("openguild/committer/1", ref.user, ref.device, String(epoch))).toHex();
  const mine = rank(own);
  const before = members.filter((member) => rank(member) < mine).length;
  return WAITS_MS[Math.min(before, WAITS_MS.length - 1)] as number;
}

/** What is left to do. */
export interface Work {
  readonly add: readonly DeviceRef[];
  readonly remove: GroupView["wanted"]["remove"];
  readonly renew: boolean;
}

/** Whether the group should get new keys: so much was sealed with these, or they are so old. */
export function isRenewalDue(box: RoomBox): boolean {
  const { renewMs, sealed } = box.meta;
  return sealed >= MAX_SEALED || (renewMs > 0 && box.core.ports.clock.now() >= renewMs);
}

/** The device's certificate, where its leaf shows an older one: commits keep what is there. */
export function newerCertificate({ core }: RoomBox, group: Group): Uint8Array | undefined {
  const { credential } = core.device.keys;
  const own = group.leaves().find(({ leaf }) => leaf === group.ownLeaf);
  return own === undefined || equalBytes(own.credential, credential) ? undefined : credential;
}

/**
 * The sequencer's group has the number of this one and other secrets (trap T9): after a take-over,
 * or where it tells two stories. @throws GroupLost
 */
function demandSameGroup(group: Group, { epoch, receipt }: GroupView): void {
  if (epoch !== group.epoch || receipt?.base_epoch !== epoch - 1) return;
  if (receipt.auth_hash === base64Of(authHashOf(group.state.confirmationTag))) return;
  throw new GroupLost("group_differs", `Epoch ${epoch} is another one for the others`);
}

/** What the room's group needs, or undefined where it needs nothing or cannot be changed here. */
export async function lookForWork(box: RoomBox): Promise<Work | undefined> {
  const { group } = box;
  if (group === undefined) return undefined;
  const view = await viewGroup(box);
  if (view === undefined || view.state === "none") return undefined;
  if (view.state === "paused") {
    // What is known of the group is old: nothing can be changed before its server answers.
    box.trouble("sequencer_unreachable");
    return undefined;
  }
  box.well("sequencer_unreachable");
  demandSameGroup(group, view);
  await anchor(box, view);
  await noteMembers(box, group, view.awaited);
  const renew = isRenewalDue(box) || newerCertificate(box, group) !== undefined;
  const { userId, id } = box.core.device;
  const add = view.wanted.add.filter(({ user, device }) => user !== userId || device !== id);
  const inside = new Set(view.leaves.map(({ user }) => user));
  box.newcomers = add.some(({ user }) => !inside.has(user));
  const remove = view.wanted.remove.filter(({ leaf }) => leaf !== group.ownLeaf);
  if (remove.length > 0) box.trouble("removal_pending");
  else box.well("removal_pending");
  return add.length + remove.length > 0 || renew ? { add, remove, renew } : undefined;
}
