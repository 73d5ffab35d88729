import { KEY_PACKAGE_LIMITS } from "../../../core/api/e2ee_keys.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import {
  type ClaimRow,
  countPackages,
  findOpenClaims,
  noteClaims,
  takeLastResorts,
  takePackages,
} from "./claim_rows.ts";
import type { GroupDeps } from "./group_deps.ts";
import { publishGroupNotice } from "./group_notice.ts";
import { lockGroup } from "./group_rows.ts";
import { type Device, deviceKey, findRegistered } from "./registered_devices.ts";
import { membersOf } from "./wanted.ts";

export interface ClaimedPackage extends Device {
  readonly key_package: string;
  readonly last_resort: boolean;
}

/**
 * Gives a key package of each of these devices for a room's group: those of members' registered
 * devices of this server. A device without any is left out. The same package is given again until
 * its device was added, so that nobody can use up what a device has brought.
 * @throws OperationError `rate_limited`
 */
export async function claimKeyPackages(
  deps: GroupDeps,
  { room, claimer, devices }: {
    readonly room: Room;
    readonly claimer: UserId;
    readonly devices: readonly { readonly user: string; readonly device: string }[];
  },
): Promise<ClaimedPackage[]> {
  await deps.throttle.take("key packages asked for", [{ policy: "keyClaim", who: claimer }]);
  const nowMs = deps.clock.now();
  const named = new Set(devices.map(deviceKey));
  const wanted = (await findRegistered(deps.sql, await membersOf(deps, room)))
    .filter((device) => named.has(deviceKey(device)));
  const { given, taken } = await deps.sql.begin(async (tx) => {
    await lockGroup(tx, room.id);
    const open = await findOpenClaims(tx, { roomId: room.id, devices: wanted, nowMs });
    const oneTime = await takePackages(tx, without(wanted, open), nowMs);
    const last = await takeLastResorts(tx, without(wanted, [...open, ...oneTime]), nowMs);
    const taken = [...oneTime, ...last];
    await noteClaims(tx, { roomId: room.id, claimedBy: claimer, taken, nowMs });
    return { given: [...open, ...taken], taken };
  });
  await askForMore(deps, taken, nowMs);
  return given.map((row) => ({
    user: row.user_id,
    device: row.device_id,
    key_package: base64Of(row.bytes),
    last_resort: row.last_resort,
  }));
}

function without(devices: readonly Device[], rows: readonly ClaimRow[]): Device[] {
  const held = new Set(
    rows.map((row) => deviceKey({ user: row.user_id, device: row.device_id })),
  );
  return devices.filter((device) => !held.has(deviceKey(device)));
}

/** Tells the owners of devices that have few left. */
async function askForMore(
  deps: GroupDeps,
  taken: readonly ClaimRow[],
  nowMs: number,
): Promise<void> {
  if (taken.length === 0) return;
  const devices = taken.map((row) => ({ user: row.user_id, device: row.device_id }));
  const left = await countPackages(deps.sql, devices, nowMs);
  const userIds = [
    ...new Set(
      devices.filter((device) => (left.get(deviceKey(device)) ?? 0) < KEY_PACKAGE_LIMITS.low)
        .map(({ user }) => user),
    ),
  ];
  if (userIds.length > 0) publishGroupNotice(deps.bus, { kind: "keys_low", userIds });
}
