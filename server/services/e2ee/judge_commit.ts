import { GROUP_LIMITS, type Wanted } from "../../../core/api/e2ee_groups.ts";
import { base64Of, equalBytes } from "../../../core/e2ee/bytes.ts";
import type { BundleFacts } from "../../../core/mls/bundle.ts";
import type { Leaf } from "../../../core/mls/group.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { ownerOf } from "./bundle.ts";
import { policy, rosterMismatch } from "./group_refusals.ts";
import type { LeafRow } from "./group_rows.ts";
import { type Device, deviceKey, type RegisteredDevice } from "./registered_devices.ts";

export interface CommitInput {
  /** What `checkedBundle` found: signatures hold, and the group information follows from it. */
  readonly facts: BundleFacts;
  /** Whose commit it is, as the session proves. */
  readonly caller: RegisteredDevice;
  /** The group before it. */
  readonly leaves: readonly LeafRow[];
  /** The members' devices. */
  readonly registered: readonly RegisteredDevice[];
  readonly wanted: Wanted;
  /** Leaves that have to go with this commit; without it all that are wanted to. */
  readonly due?: ReadonlySet<number>;
  /** References of the packages that were claimed for the room, by device. */
  readonly claims: ReadonlyMap<string, string>;
}

export interface Judged {
  /** The group after the commit. */
  readonly leaves: readonly LeafRow[];
  readonly added: readonly Device[];
  /** Places that somebody else lost: their epoch is over at once. */
  readonly removed: readonly Leaf[];
}

/**
 * What a commit makes of a room's group, or why the room's members and devices do not want that:
 * the server's half of what every device checks too. Traps T2 and T11 of MLS libraries end here.
 * PROTOCOL.md, "Encryption: delivery". @throws OperationError `policy`, `roster_mismatch`
 */
export function judgeCommit(input: CommitInput): Judged {
  const { facts } = input;
  requireCommitter(input);
  requireRemoves(input);
  const added = requireAdds(input);
  if (facts.leaves.length > GROUP_LIMITS.devices) {
    throw policy(
      "too_many_devices",
      `The group would have ${facts.leaves.length} devices: at most ${GROUP_LIMITS.devices} fit.`,
    );
  }
  return {
    leaves: facts.leaves.map(leafRow),
    added,
    removed: facts.external ? [] : facts.removed,
  };
}

/** The committer is the device that this session is, as it is registered now. */
function requireCommitter({ facts, caller, leaves }: CommitInput): void {
  const { by } = facts;
  const isCaller = isOf(by, caller) && equalBytes(by.signatureKey, caller.signatureKey);
  if (!isCaller) {
    throw policy("not_committer", "The commit is not by the device that this session is.");
  }
  const renewed = !leaves.some((leaf) =>
    leaf.leaf === by.leaf && leaf.credential === base64Of(by.credential)
  );
  // A certificate is judged when it is registered: nobody shows another.
  if (renewed && !equalBytes(by.credential, caller.certificate)) {
    throw policy(
      "not_committer",
      "The commit shows another certificate than this device is registered with.",
    );
  }
}

/** Whoever is due goes with the next change, and nobody goes who is not wanted to. */
function requireRemoves({ facts, caller, wanted, due }: CommitInput): void {
  if (facts.external) {
    if (facts.removed.every((leaf) => isOf(leaf, caller))) return;
    throw policy(
      "external_removal",
      "A device that joins by itself can replace its own former place only, nobody else's.",
    );
  }
  const toGo = new Set(wanted.remove.map(({ leaf }) => leaf));
  for (const { leaf } of facts.removed) {
    if (toGo.has(leaf)) continue;
    throw policy("unwanted_removal", `The device at leaf ${leaf} belongs into the group.`);
  }
  const gone = new Set(facts.removed.map(({ leaf }) => leaf));
  const missing = wanted.remove.filter(({ leaf }) =>
    !gone.has(leaf) && (due === undefined || due.has(leaf))
  );
  if (missing.length === 0) return;
  throw rosterMismatch(
    `${missing.length} devices are to be removed first: take them into the commit.`,
    { wanted },
  );
}

/** Each Add is a package that was claimed for this room, of a registered device of a member. */
function requireAdds({ facts, registered, claims, wanted }: CommitInput): Device[] {
  const known = new Map(registered.map((device) => [deviceKey(device), device]));
  return facts.adds.map((add) => {
    const owner = ownerOf(add.credential);
    const device = owner && known.get(deviceKey(owner));
    if (device === undefined || !equalBytes(device.signatureKey, add.signatureKey)) {
      const who = owner === undefined ? "somebody" : `${owner.user}'s device ${owner.device}`;
      throw rosterMismatch(
        `The commit adds ${who}, which is no registered device of a member.`,
        { wanted },
      );
    }
    if (claims.get(deviceKey(device)) !== base64Of(add.ref)) {
      throw policy(
        "unclaimed_package",
        `The package of ${device.user}'s device ${device.device} was not claimed for this room.`,
      );
    }
    return { user: device.user, device: device.device };
  });
}

function isOf(leaf: Leaf, device: Device): boolean {
  const owner = ownerOf(leaf.credential);
  return owner !== undefined && deviceKey(owner) === deviceKey(device);
}

/** A leaf as it is stored. Its certificate was read when the bundle was checked. */
export function leafRow({ leaf, credential, signatureKey }: Leaf): LeafRow {
  const owner = ownerOf(credential);
  return {
    leaf,
    user: owner?.user as UserId,
    device: owner?.device as DeviceId,
    signatureKey,
    credential: base64Of(credential),
  };
}
