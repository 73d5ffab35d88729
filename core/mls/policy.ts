import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { limits } from "../limits.ts";
import type { CommitContent } from "./commit_content.ts";
import { MlsFault } from "./fault.ts";
import { type Leaf, leafAt, leavesOf, toLeaf } from "./group.ts";

/** Whose device a credential speaks of. */
export interface Owner {
  readonly user: string;
  readonly device: string;
}

export type OwnerOf = (credential: Uint8Array) => Owner | undefined;

/** Who does what in a commit. An added leaf has its number only after the commit: -1 before. */
export interface Change {
  readonly committer: Leaf | "joiner";
  readonly added: readonly Leaf[];
  readonly removed: readonly Leaf[];
}

/**
 * Judges a commit by the tree it changes, before the library sees it: leaf numbers (trap T16), who
 * comes in for whom (T1, T2), one leaf per device, the size of the group. Returns what it does.
 */
export function judgeCommit(tree: RatchetTree, content: CommitContent, ownerOf: OwnerOf): Change {
  const committer = content.committer === undefined
    ? undefined
    : existing(tree, content.committer, "is committed by");
  const removed = content.removes.map((leaf) => existing(tree, leaf, "removes"));
  const added = content.adds.map((given) => toLeaf(-1, given.leafNode));
  if (content.joiner !== undefined) added.push({ ...content.joiner, leaf: -1 });
  if (committer !== undefined && content.renewed !== undefined) {
    if (!isSame(owner(committer, ownerOf), owner(content.renewed, ownerOf))) {
      throw new MlsFault("policy", `Leaf ${committer.leaf} gives its place to another device`);
    }
  }
  if (content.joiner !== undefined) checkJoiner(content.joiner, removed, ownerOf);
  checkMembers(tree, { added, removed }, ownerOf);
  return { committer: committer ?? "joiner", added, removed };
}

/** From outside a device may take out its own former leaf and no other's (trap T2). */
function checkJoiner(joiner: Leaf, removed: readonly Leaf[], ownerOf: OwnerOf): void {
  for (const leaf of removed) {
    if (!isSame(owner(leaf, ownerOf), owner(joiner, ownerOf))) {
      throw new MlsFault("policy", `An external commit removes leaf ${leaf.leaf}, not its own`);
    }
  }
}

/** The group after it: at most `maxMembers`, and each device once. */
function checkMembers(
  tree: RatchetTree,
  change: Pick<Change, "added" | "removed">,
  ownerOf: OwnerOf,
): void {
  const gone = new Set(change.removed.map((leaf) => leaf.leaf));
  if (gone.size !== change.removed.length) {
    throw new MlsFault("policy", "A commit removes a leaf twice");
  }
  const members = [
    ...leavesOf(tree).filter((leaf) => !gone.has(leaf.leaf)),
    ...change.added,
  ];
  if (change.added.length > 0 && members.length > limits.mls.maxMembers) {
    throw new MlsFault(
      "policy",
      `A group would have ${members.length} devices: at most ${limits.mls.maxMembers} are allowed`,
    );
  }
  checkOwners(members, ownerOf);
}

/** Each device at most once, each credential readable. */
export function checkOwners(members: readonly Leaf[], ownerOf: OwnerOf): void {
  const seen = new Set<string>();
  for (const leaf of members) {
    const { user, device } = owner(leaf, ownerOf);
    const key = JSON.stringify([user, device]);
    if (seen.has(key)) {
      throw new MlsFault("policy", `The group would hold device ${device} of ${user} twice`);
    }
    seen.add(key);
  }
}

/** The leaf that belongs to this device, or undefined. */
export function findOwn(tree: RatchetTree, credential: Uint8Array, ownerOf: OwnerOf) {
  const own = ownerOf(credential);
  return leavesOf(tree).find((leaf) => {
    const found = ownerOf(leaf.credential);
    return found !== undefined && own !== undefined && isSame(found, own);
  })?.leaf;
}

function existing(tree: RatchetTree, leaf: number, what: string): Leaf {
  const found = leafAt(tree, leaf);
  if (found !== undefined) return found;
  throw new MlsFault("policy", `A commit ${what} leaf ${leaf}, which is blank or beyond the tree`);
}

function owner(leaf: Leaf, ownerOf: OwnerOf): Owner {
  const found = ownerOf(leaf.credential);
  if (found !== undefined) return found;
  throw new MlsFault("policy", `The credential of leaf ${leaf.leaf} names no device`);
}

function isSame(a: Owner, b: Owner): boolean {
  return a.user === b.user && a.device === b.device;
}
