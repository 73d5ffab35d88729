import { sha256 } from "@noble/hashes/sha2.js";
import { authHashOf, type Group } from "../../mls/group.ts";
import { base64Of, equalBytes, framed } from "../bytes.ts";
import type { DeviceRef, GroupView } from "./calls.ts";
import { advance, settle, submit } from "./commits.ts";
import { chance, GroupLost } from "./core.ts";
import { renewals, viewGroup } from "./group_view.ts";
import { packagesFor } from "./member_packages.ts";
import { anchor } from "./order.ts";
import type { RoomBox } from "./room_box.ts";

/** Commits that lose the race in a row before the device leaves it to others. */
const MAX_TRIES = 8;
/** e2ee.md 6: own keys are renewed after so many own messages at the latest. */
const MAX_SEALED = 5000;
/** The device with the lowest hash begins; others wait so long (ms). */
const WAITS_MS = [0, 2000, 5000] as const;
/** On top of it, so that two do not collide for ever. */
const JITTER_MS = 500;

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

/** Leaves that are to go, as far as they are in the tree as the server says. */
async function removals(box: RoomBox, group: Group, wanted: GroupView["wanted"]["remove"]) {
  const found: number[] = [];
  const leaves = new Map(group.leaves().map((leaf) => [leaf.leaf, leaf]));
  for (const { leaf: number, user, device } of wanted) {
    const leaf = leaves.get(number);
    if (leaf === undefined || number === group.ownLeaf) continue;
    const certificate = await box.core.trust.certificateOf(leaf.credential, leaf.signatureKey);
    if (certificate?.user === user && certificate.device === device) found.push(number);
  }
  return found;
}

/** What is left to do. */
export interface Work {
  readonly add: readonly DeviceRef[];
  readonly remove: GroupView["wanted"]["remove"];
  readonly renew: boolean;
}

export function isRenewalDue(box: RoomBox): boolean {
  const { renewMs, sealed } = box.meta;
  return sealed >= MAX_SEALED || (renewMs > 0 && box.core.ports.clock.now() >= renewMs);
}

/** The device's certificate, where its leaf shows an older one: commits keep what is there. */
function newerCertificate({ core }: RoomBox, group: Group): Uint8Array | undefined {
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

/**
 * Does what is wanted: compare-and-swap on the epoch, again with jitter where another commit came
 * first. @returns whether nothing is left that must be done before a message may be sent
 */
export async function doWork(box: RoomBox, only: "all" | "removals" = "all"): Promise<boolean> {
  const { core } = box;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    await settle(box);
    await advance(box);
    const work = await lookForWork(box);
    const { group } = box;
    if (work === undefined || group === undefined) return true;
    const remove = await removals(box, group, work.remove);
    const add = only === "all" ? await packagesFor(box, group, { add: work.add, remove }) : [];
    if (remove.length === 0 && add.length === 0 && !work.renew) return work.remove.length === 0;
    // A commit that only adds cannot show a certificate: the next round does.
    const onlyAdds = add.length > 0 && remove.length === 0;
    const credential = onlyAdds ? undefined : newerCertificate(box, group);
    const result = await core.mls.commit(group, {
      remove,
      add: add.map(({ bytes }) => bytes),
      ...(credential === undefined ? {} : { credential }),
    });
    await box.checkMembers(result.group);
    const ended = await submit(box, {
      hash: base64Of(result.commitHash),
      authHash: base64Of(result.authHash),
      baseEpoch: group.epoch,
      external: false,
      group: result.group,
      body: {
        base_epoch: group.epoch,
        commit: base64Of(result.commit),
        ...(result.welcome === undefined ? {} : { welcome: base64Of(result.welcome) }),
        group_info: base64Of(result.groupInfo),
      },
    });
    if (ended === "refused") return false;
    if (ended === "taken" && add.length === 0) await box.step({ meta: renewals(box) });
    if (ended === "lost") await core.ports.clock.sleep(chance(core) * JITTER_MS, core.signal);
  }
  return false;
}
