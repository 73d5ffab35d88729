import { sha256 } from "@noble/hashes/sha2.js";
import { KEY_PACKAGE_LIMITS } from "../../../core/api/e2ee_keys.ts";
import { base64Of, equalBytes, fromBase64 } from "../../../core/e2ee/bytes.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { MlsFault } from "../../../core/mls/fault.ts";
import { SUITE } from "../../../core/mls/suite_number.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import {
  type ClaimRow,
  countPackages,
  findOpenClaims,
  noteClaims,
  takeLastResorts,
  type Taken,
  takePackages,
} from "./claim_rows.ts";
import type { GroupDeps } from "./group_deps.ts";
import { publishGroupNotice } from "./group_notice.ts";
import { findGroup, findLeaves, lockGroup } from "./group_rows.ts";
import type { HandedPackage } from "./groups_elsewhere.ts";
import {
  type Device,
  deviceKey,
  findRegistered,
  type RegisteredDevice,
} from "./registered_devices.ts";
import { membersOf } from "./wanted.ts";
import { mlsChecks } from "./mls_parts.ts";

interface Claim {
  readonly room: Room;
  readonly claimer: UserId;
  readonly devices: readonly { readonly user: string; readonly device: string }[];
}

/**
 * Gives a key package of each of these devices for a room's group: those of members' registered
 * devices. A device without any is left out. The same package is given again until its device was
 * added, so that nobody can use up what a device has brought. One that is in the group already gets
 * another each time: it is for what is shared with it, and adds nobody. Each of them costs it one, so
 * that `keyClaimInside` bounds them; the last resort is given from then on.
 * @throws OperationError `rate_limited`
 */
export async function claimKeyPackages(
  deps: GroupDeps,
  { room, claimer, devices }: Claim,
): Promise<HandedPackage[]> {
  await deps.throttle.take("key packages asked for", [{ policy: "keyClaim", who: claimer }]);
  await deps.elsewhere.learn(await membersOf(deps, room));
  const named = await namedDevices(deps, room, devices);
  const isHere = ({ user }: Device) => serverOf(user) === deps.serverName;
  const here = await take(deps, { room, claimer, devices: named.filter(isHere) });
  const away = named.filter((device) => !isHere(device));
  return [...here, ...await takeElsewhere(deps, { room, claimer, devices: away })];
}

/**
 * The same for a server that orders a group, of devices of this one alone: it is the server that is
 * counted. @throws OperationError `rate_limited`
 */
export async function claimHere(
  deps: GroupDeps,
  { room, claimer, devices }: Omit<Claim, "claimer"> & { readonly claimer: ServerName },
): Promise<HandedPackage[]> {
  await deps.throttle.take("key packages asked for", [{ policy: "keyClaimServer", who: claimer }]);
  const named = (await namedDevices(deps, room, devices))
    .filter(({ user }) => serverOf(user) === deps.serverName);
  return await take(deps, { room, claimer, devices: named });
}

/** Of the named devices those that are registered, and members'. */
async function namedDevices(
  deps: GroupDeps,
  room: Room,
  devices: Claim["devices"],
): Promise<RegisteredDevice[]> {
  const named = new Set(devices.map(deviceKey));
  return (await findRegistered(deps.sql, await membersOf(deps, room)))
    .filter((device) => named.has(deviceKey(device)));
}

interface Taking {
  readonly room: Room;
  readonly claimer: string;
  readonly devices: readonly RegisteredDevice[];
}

/** Packages that this server holds. */
async function take(
  deps: GroupDeps,
  { room, claimer, devices }: Taking,
): Promise<HandedPackage[]> {
  if (devices.length === 0) return [];
  const nowMs = deps.clock.now();
  const affordable = await affordableInside(deps, { room, claimer, devices });
  const { given, taken } = await deps.sql.begin(async (tx) => {
    await lockGroup(tx, room.id);
    const inside = await devicesInside(tx, room);
    const coming = devices.filter((device) => !inside.has(deviceKey(device)));
    const open = await findOpenClaims(tx, { roomId: room.id, devices: coming, nowMs });
    const mayCost = devices.filter((device) => {
      const key = deviceKey(device);
      return !inside.has(key) || affordable.has(key);
    });
    const oneTime = await takePackages(tx, without(mayCost, open), nowMs);
    const last = await takeLastResorts(tx, without(devices, [...open, ...oneTime]), nowMs);
    const taken = [...oneTime, ...last];
    const adding = taken.filter((row) => !inside.has(keyOf(row)));
    await noteClaims(tx, { roomId: room.id, claimedBy: claimer, taken: adding, nowMs });
    return { given: [...open, ...taken], taken };
  });
  await askForMore(deps, taken, nowMs);
  return given.map(handed);
}

/**
 * Those devices inside the group, by `deviceKey`, of which this claimer may use up another one-time
 * package now. Counted before the group is locked: the count has a connection of its own.
 */
async function affordableInside(
  deps: GroupDeps,
  { room, claimer, devices }: Taking,
): Promise<ReadonlySet<string>> {
  const inside = await devicesInside(deps.sql, room);
  const counted = new Map(
    devices.map(deviceKey).filter((key) => inside.has(key)).map((key) => [
      base64Of(sha256(new TextEncoder().encode(`${claimer}\n${room.id}\n${key}`))),
      key,
    ]),
  );
  const left = await deps.throttle.takeLeft("keyClaimInside", [...counted.keys()]);
  return new Set([...counted].filter(([who]) => left.has(who)).map(([, key]) => key));
}

/**
 * Packages of devices of other servers, of those servers: noted here too, for only what was claimed
 * through the sequencer can be added.
 */
async function takeElsewhere(
  deps: GroupDeps,
  { room, claimer, devices }: Taking,
): Promise<HandedPackage[]> {
  if (devices.length === 0) return [];
  const nowMs = deps.clock.now();
  const at = { roomId: room.id, nowMs };
  const inside = await devicesInside(deps.sql, room);
  const coming = devices.filter((device) => !inside.has(deviceKey(device)));
  const open = await deps.sql.begin((tx) => findOpenClaims(tx, { ...at, devices: coming }));
  const rest = without(devices, open);
  const taken: Taken[] = [];
  for (const each of rest.length === 0 ? [] : await deps.elsewhere.packagesOf(room, rest)) {
    const device = devices.find((one) => deviceKey(one) === deviceKey(each));
    const row = device && await readHanded(device, { each, nowMs });
    if (row !== undefined) taken.push(row);
  }
  await deps.sql.begin(async (tx) => {
    await lockGroup(tx, room.id);
    const adding = taken.filter((row) => !inside.has(keyOf(row)));
    await noteClaims(tx, { ...at, claimedBy: claimer, taken: adding });
  });
  return [...open, ...taken].map(handed);
}

/** Undefined where it is no good package of that device: its server may say anything. */
async function readHanded(
  device: RegisteredDevice,
  { each, nowMs }: { readonly each: HandedPackage; readonly nowMs: number },
): Promise<Taken | undefined> {
  const bytes = fromBase64(each.key_package) ?? new Uint8Array();
  try {
    const facts = await (await mlsChecks()).checkKeyPackage(bytes);
    const fits = facts.suite === SUITE && facts.notAfterMs > nowMs &&
      equalBytes(facts.credential, device.certificate) &&
      equalBytes(facts.signatureKey, device.signatureKey);
    if (!fits) return undefined;
    return {
      user_id: device.user,
      device_id: device.device,
      ref: base64Of(facts.ref),
      bytes,
      last_resort: facts.lastResort,
      not_after_ts: facts.notAfterMs,
    };
  } catch (error) {
    if (error instanceof MlsFault) return undefined;
    throw error;
  }
}

function handed(row: ClaimRow): HandedPackage {
  return {
    user: row.user_id,
    device: row.device_id,
    key_package: base64Of(row.bytes),
    last_resort: row.last_resort,
  };
}

const keyOf = (row: ClaimRow) => deviceKey({ user: row.user_id, device: row.device_id });

/** Devices that have a leaf in the room's group, by `deviceKey`. */
async function devicesInside(sql: Queryable, room: Room): Promise<ReadonlySet<string>> {
  const group = await findGroup(sql, room.id);
  const leaves = group === undefined ? [] : await findLeaves(sql, group.group_id);
  return new Set(leaves.map(deviceKey));
}

function without(devices: readonly Device[], rows: readonly ClaimRow[]): Device[] {
  const held = new Set(rows.map(keyOf));
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
