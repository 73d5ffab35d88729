import { MlsFault } from "../../mls/fault.ts";
import type { Group } from "../../mls/group.ts";
import { readKeyPackage } from "../../mls/readers.ts";
import { fromBase64 } from "../bytes.ts";
import type { Certificate } from "../certificate.ts";
import type { DeviceRef } from "./calls.ts";
import { belongs, readGroupId } from "./group_name.ts";
import type { RoomBox } from "./room_box.ts";

/** Devices added by one commit: its Welcome, with the tree, goes to each of them. */
const MAX_ADDS = 20;

interface Package extends DeviceRef {
  readonly bytes: Uint8Array;
}

/**
 * Key packages of devices that are to be added. Left out: who does not belong into the room, whose
 * certificate does not hold, whose user has another identity than the one that was verified, or
 * than the leaves of that user that stay.
 */
export async function packagesFor(
  box: RoomBox,
  group: Group,
  { add: wanted, remove }: {
    readonly add: readonly DeviceRef[];
    /** Leaves that the same commit removes. */
    readonly remove: readonly number[];
  },
): Promise<readonly Package[]> {
  const { core, roomId } = box;
  const { expected } = box.meta;
  const present = new Set<string>();
  const staying: Certificate[] = [];
  for (const leaf of group.leaves()) {
    const certificate = await core.trust.certificateOf(leaf.credential, leaf.signatureKey);
    if (certificate === undefined) continue;
    present.add(`${certificate.user} ${certificate.device}`);
    if (!remove.includes(leaf.leaf)) staying.push(certificate);
  }
  const users = new Set([...present].map((name) => name.split(" ", 1)[0] as string));
  const kind = readGroupId(group.groupId, roomId, [
    ...users,
    ...wanted.map(({ user }) => user),
    ...(expected?.kind === "dm" ? expected.users : []),
  ]);
  const missing = wanted.filter(({ user, device }) =>
    !present.has(`${user} ${device}`) && kind !== undefined && belongs(kind, user)
  ).slice(0, MAX_ADDS);
  if (missing.length === 0) return [];
  const { packages } = await core.ports.transport.call("claimKeyPackages", {
    params: { room_id: roomId },
    body: { devices: missing },
  });
  const good: Package[] = [];
  for (const { user, device, key_package } of packages) {
    const bytes = fromBase64(key_package) ?? new Uint8Array();
    const certificate = await certificateIn(box, bytes, { user, device });
    if (
      certificate === undefined || core.trust.changedIn([...staying, certificate]).includes(user)
    ) {
      core.count("not_genuine");
      continue;
    }
    staying.push(certificate);
    good.push({ user, device, bytes });
  }
  return good;
}

/** The certificate in a key package that is this device's; undefined where it is none. */
export async function certificateIn(
  box: RoomBox,
  bytes: Uint8Array,
  ref: DeviceRef,
): Promise<Certificate | undefined> {
  const { trust } = box.core;
  try {
    const facts = readKeyPackage(bytes);
    const certificate = await trust.certificateOf(facts.credential, facts.signatureKey, {
      fresh: true,
    });
    if (certificate?.user !== ref.user || certificate.device !== ref.device) return undefined;
    await trust.observe([certificate]);
    return certificate;
  } catch (error) {
    if (error instanceof MlsFault) return undefined;
    throw error;
  }
}
