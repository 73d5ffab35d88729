import type { CommitResult } from "../../core/mls/commits.ts";
import { readGroupInfo } from "../../core/mls/readers.ts";
import { snapshot } from "../../core/mls/snapshot.ts";
import { commitAnything, evict, forgeExternal, renamed } from "../harness/mls_hostile.ts";
import { LIFE, makeDeviceKeys, makeMls, nameOf } from "../harness/mls_people.ts";
import type { seededRng } from "../harness/seeded_rng.ts";
import type { Device } from "./device.ts";
import type { OrderServer } from "./order_server.ts";

interface Scene {
  /** A member at the server's epoch, whose keys the hostile one may have. */
  readonly member: Device;
  readonly server: OrderServer;
  readonly rng: ReturnType<typeof seededRng>;
}

/** Makes a commit that no honest device may take, or undefined where it cannot be made. */
export interface HostileDeed {
  readonly name: string;
  run(scene: Scene): Promise<Uint8Array | undefined>;
}

/** A device whose certificate was made for another key. */
async function addGhost({ member, rng }: Scene): Promise<Uint8Array> {
  const lax = await makeMls(rng, { accept: () => true });
  const keys = await makeDeviceKeys(rng, "@u0", "ghost");
  const credential = new TextEncoder().encode("@u0/ghost/00");
  const ghost = await lax.keyPackage({ ...keys, credential }, LIFE);
  const group = lax.restore(snapshot(member.group!));
  return (await lax.commit(group, { add: [ghost.publicBytes] })).commit;
}

async function addTwin({ member, server, rng }: Scene): Promise<Uint8Array> {
  const victim = server.members[rng.below(server.members.length)]!;
  const [user, device] = victim.split("/") as [string, string];
  const lax = await makeMls(rng, { ownerOf: (bytes) => ({ user: bytes.toHex(), device: "D" }) });
  const twin = await makeDeviceKeys(rng, user, device);
  const package_ = await lax.keyPackage(twin, LIFE);
  const group = lax.restore(snapshot(member.group!));
  return (await lax.commit(group, { add: [package_.publicBytes] })).commit;
}

async function becomeAnother({ member, rng }: Scene): Promise<Uint8Array> {
  const key = member.keys.signatureKey.toHex();
  const state = renamed(member.group!, new TextEncoder().encode(`@other/D/${key}`));
  return (await commitAnything(state, [], rng)).commit;
}

async function evictFromOutside(scene: Scene): Promise<Uint8Array> {
  const { member, server, rng } = scene;
  const { leaves } = readGroupInfo(server.groupInfo);
  const victim = leaves[rng.below(leaves.length)]!.leaf;
  const keys = await makeDeviceKeys(rng, "@mallory", "D");
  return await evict(server.groupInfo, keys, { victim, state: member.group!.state, rng });
}

async function comeFromOutside({ member, server, rng }: Scene) {
  const keys = await makeDeviceKeys(rng, "@mallory", "D");
  const made: CommitResult = await member.mls.externalJoin(server.groupInfo, keys, {
    resync: false,
  });
  return { keys, made };
}

async function removeBeyond(scene: Scene): Promise<Uint8Array> {
  const { keys, made } = await comeFromOutside(scene);
  const removed = 512 + scene.rng.below(2 ** 31);
  return await forgeExternal(made.commit, [{
    proposalOrRefType: "proposal",
    proposal: { proposalType: "remove", remove: { removed } },
  }], { before: scene.member.group!, keys, rng: scene.rng });
}

async function referToNothing(scene: Scene): Promise<Uint8Array> {
  const { keys, made } = await comeFromOutside(scene);
  return await forgeExternal(made.commit, [{
    proposalOrRefType: "reference",
    reference: scene.rng.bytes(32),
  }], { before: scene.member.group!, keys, rng: scene.rng });
}

/** A commit with a flipped bit. */
async function damage(scene: Scene): Promise<Uint8Array> {
  const { made } = await comeFromOutside(scene);
  const commit = made.commit.slice();
  commit[scene.rng.below(commit.length)]! ^= 1 << scene.rng.below(8);
  return commit;
}

/** A removed device goes on committing with the keys that it has. */
async function goOnAfterRemoval({ member, server, rng }: Scene): Promise<Uint8Array | undefined> {
  const { leaves } = readGroupInfo(server.groupInfo);
  const other = leaves.find((leaf) => nameOf(leaf.credential) !== member.name);
  if (other === undefined) return undefined;
  const stolen = { ...member.group!.state };
  const privatePath = { ...stolen.privatePath, leafIndex: other.leaf };
  return (await commitAnything({ ...stolen, privatePath }, [], rng)).commit;
}

export const HOSTILE_DEEDS: readonly HostileDeed[] = [
  { name: "ghost", run: addGhost },
  { name: "twin", run: addTwin },
  { name: "rename", run: becomeAnother },
  { name: "eviction", run: evictFromOutside },
  { name: "index beyond", run: removeBeyond },
  { name: "unknown reference", run: referToNothing },
  { name: "damage", run: damage },
  { name: "another's leaf", run: goOnAfterRemoval },
];
