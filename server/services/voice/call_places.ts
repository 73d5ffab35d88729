import type { GroupLeaf } from "../../../core/api/e2ee_groups.ts";
import type { VoiceWanted } from "../../../core/api/voice.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import type { BundleFacts } from "../../../core/mls/bundle.ts";
import type { LeafRow } from "../e2ee/group_rows.ts";
import { leafRow } from "../e2ee/judge_commit.ts";
import type { RegisteredDevice } from "../e2ee/registered_devices.ts";

/** A participant of a call as its group knows it. */
export interface GroupMember {
  /** Of the stay in the call. */
  readonly session: string;
  readonly device: RegisteredDevice;
  /** What others add it by. */
  readonly keyPackage: {
    /** Unpadded base64. */
    readonly text: string;
    /** RFC 9420 5.2, unpadded base64. */
    readonly ref: string;
  };
}

/** A leaf of the call's group, and whose stay it belongs to. */
export interface Place {
  readonly leaf: LeafRow;
  readonly session: string;
}

/** What the group lacks: devices that are in the call and not in it, and leaves of who has left. */
export function wantedOf(
  members: ReadonlyMap<string, GroupMember>,
  places: readonly Place[],
): Omit<VoiceWanted, "committer"> {
  const placed = new Set(places.map(({ session }) => session));
  return {
    add: [...members.values()].filter(({ session }) => !placed.has(session)).map((member) => ({
      session: member.session,
      user: member.device.user,
      device: member.device.device,
      key_package: member.keyPackage.text,
    })),
    remove: places.filter(({ session }) => !members.has(session)).map(toLeaf),
  };
}

/** Whose each leaf is after a commit by `session`; `packages` are whose each package is, by reference. */
export function placesAfter(
  before: readonly Place[],
  facts: BundleFacts,
  { session, packages }: {
    readonly session: string;
    readonly packages: ReadonlyMap<string, GroupMember>;
  },
): Place[] {
  const added = new Map(facts.added.map(({ leaf }, at) => {
    const ref = facts.adds[at]?.ref;
    return [leaf, ref && packages.get(base64Of(ref))?.session];
  }));
  const former = new Map(before.map((place) => [place.leaf.leaf, place.session]));
  return facts.leaves.map((each) => {
    const leaf = leafRow(each);
    if (facts.external && leaf.leaf === facts.by.leaf) return { leaf, session };
    const owner = added.has(leaf.leaf) ? added.get(leaf.leaf) : former.get(leaf.leaf);
    // Added are only packages that were brought along; the commit was judged by that.
    return { leaf, session: owner ?? "" };
  });
}

export function toLeaf({ leaf: { user, device, leaf } }: Place): GroupLeaf {
  return { user, device, leaf };
}
