import { getPublicKeyAsync } from "@noble/ed25519";
import type { DeviceKeys } from "../../core/mls/key_package.ts";
import type { Group } from "../../core/mls/group.ts";
import type { CommitResult } from "../../core/mls/commits.ts";
import { createMls, type Mls } from "../../core/mls/mls.ts";
import type { MlsOptions } from "../../core/mls/tools.ts";
import type { Owner } from "../../core/mls/policy.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { seededRng } from "./seeded_rng.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Devices whose certificate is plain `user/device/key`: enough for the rules of groups, where only
 * the owner counts. A certificate is accepted if it names the signature key it comes with.
 */
export async function makeDeviceKeys(rng: Rng, user: string, device: string): Promise<DeviceKeys> {
  const signatureSeed = rng.bytes(32);
  const signatureKey = await getPublicKeyAsync(signatureSeed);
  const credential = encoder.encode(`${user}/${device}/${signatureKey.toHex()}`);
  return { credential, signatureKey, signatureSeed };
}

export function ownerOf(credential: Uint8Array): Owner | undefined {
  const [user, device, key] = decoder.decode(credential).split("/");
  return user && device && key ? { user, device } : undefined;
}

export function accept(credential: Uint8Array, signatureKey: Uint8Array): boolean {
  return decoder.decode(credential).split("/")[2] === signatureKey.toHex();
}

export function makeMls(rng: Rng, options: Partial<MlsOptions> = {}): Mls {
  return createMls({ accept, ownerOf, rng, ...options });
}

/** A life that began an hour ago, by the real clock: the library compares with no other. */
export const LIFE = { notBeforeMs: Date.now() - 3_600_000, notAfterMs: Date.now() + 86_400_000 };

export interface MlsRoom {
  readonly rng: ReturnType<typeof seededRng>;
  readonly mls: Mls;
  readonly keys: DeviceKeys[];
  /** Of each member, all at epoch 1. */
  readonly groups: Group[];
  /** The info of epoch 0 and the commit that began epoch 1. */
  readonly first: Uint8Array;
  readonly added: CommitResult;
}

/** A group of devices `A` of users `@0`, `@1`, ..., all added by the first one at once. */
export async function openRoom(
  seed: number,
  size: number,
  options: Partial<MlsOptions> = {},
): Promise<MlsRoom> {
  const rng = seededRng(seed);
  const mls = await makeMls(rng, options);
  const keys: DeviceKeys[] = [];
  for (let at = 0; at < size; at++) keys.push(await makeDeviceKeys(rng, `@${at}`, "A"));
  const packages = await Promise.all(keys.slice(1).map((own) => mls.keyPackage(own, LIFE)));
  const founded = await mls.create(encoder.encode("room"), keys[0]!);
  const added = await mls.commit(founded, { add: packages.map((own) => own.publicBytes) });
  const groups = [added.group];
  for (const [at, own] of packages.entries()) {
    groups.push(await mls.join(added.welcome!, own, keys[at + 1]!));
  }
  return { rng, mls, keys, groups, first: await mls.groupInfo(founded), added };
}

/** Every other member takes a commit; its maker the group it had ready. */
export async function takeAll(
  room: MlsRoom,
  by: number,
  made: Pick<CommitResult, "commit" | "group">,
): Promise<void> {
  for (const at of room.groups.keys()) {
    room.groups[at] = at === by
      ? made.group
      : (await room.mls.process(room.groups[at]!, made.commit)).group;
  }
}

/** `user/device` of a credential. */
export function nameOf(credential: Uint8Array): string {
  const owner = ownerOf(credential);
  if (owner === undefined) throw new Error("The credential names no device");
  return `${owner.user}/${owner.device}`;
}
