import { sha256 } from "@noble/hashes/sha2.js";
import { contramapBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js";
import { varLenDataEncoder } from "ts-mls/codec/variableLength.js";
import type { NodeParent, RatchetTree } from "ts-mls/ratchetTree.js";
import { encodeLeafNodeHashInput, encodeParentNodeHashInput } from "ts-mls/treeHash.js";
import { left, right, rootFromNodeWidth, toNodeIndex } from "ts-mls/treemath.js";

/** Hashes of all subtrees of a tree, by the index of their root. RFC 9420 7.8. */
export type TreeHashes = readonly Uint8Array[];

/** Each node is hashed once: what the library does for every parent hash is done for all of them. */
export function hashTree(tree: RatchetTree): TreeHashes {
  const hashes: Uint8Array[] = new Array(tree.length);
  const visit = (at: number): Uint8Array => {
    const hash = at % 2 === 0
      ? hashLeaf(tree, at)
      : hashParent(tree, at, visit(left(toNodeIndex(at))), visit(right(toNodeIndex(at))));
    hashes[at] = hash;
    return hash;
  };
  visit(rootOf(tree));
  return hashes;
}

export function rootOf(tree: RatchetTree): number {
  return rootFromNodeWidth(tree.length);
}

function hashLeaf(tree: RatchetTree, at: number): Uint8Array {
  const node = tree[at];
  return sha256(encodeLeafNodeHashInput({
    nodeType: "leaf",
    leafIndex: at / 2,
    leafNode: node?.nodeType === "leaf" ? node.leaf : undefined,
  }));
}

function hashParent(
  tree: RatchetTree,
  at: number,
  leftHash: Uint8Array,
  rightHash: Uint8Array,
  without?: ReadonlySet<number>,
): Uint8Array {
  const node = tree[at];
  return sha256(encodeParentNodeHashInput({
    nodeType: "parent",
    parentNode: node?.nodeType === "parent" ? withoutLeaves(node, without).parent : undefined,
    leftHash,
    rightHash,
  }));
}

function withoutLeaves(node: NodeParent, without: ReadonlySet<number> | undefined): NodeParent {
  if (without === undefined) return node;
  const { parent } = node;
  const unmergedLeaves = parent.unmergedLeaves.filter((leaf) => !without.has(leaf));
  return { ...node, parent: { ...parent, unmergedLeaves } };
}

/** The hash of a subtree as it was before these leaves came in: RFC 9420 7.9's "original" one. */
function hashWithout(
  tree: RatchetTree,
  at: number,
  without: ReadonlySet<number>,
  hashes: TreeHashes,
): Uint8Array {
  if (![...without].some((leaf) => isBelow(at, 2 * leaf))) return hashes[at]!;
  if (at % 2 === 0) return hashLeaf([], at);
  const [l, r] = [left(toNodeIndex(at)), right(toNodeIndex(at))];
  return hashParent(
    tree,
    at,
    hashWithout(tree, l, without, hashes),
    hashWithout(tree, r, without, hashes),
    without,
  );
}

/** Whether a node is in the subtree of another: 2^level - 1 nodes stand on either side of its root. */
function isBelow(root: number, node: number): boolean {
  const reach = (1 << levelOf(root)) - 1;
  return Math.abs(node - root) <= reach;
}

function levelOf(node: number): number {
  return Math.log2((node + 1) & ~node);
}

/** The first node whose parent hash does not hold, or undefined. RFC 9420 7.9.2. */
export function findBadParent(tree: RatchetTree, hashes: TreeHashes): number | undefined {
  for (const [at, node] of tree.entries()) {
    if (node?.nodeType !== "parent") continue;
    const [l, r] = [left(toNodeIndex(at)), right(toNodeIndex(at))];
    if (
      !holds(tree, { node, child: l, sibling: r }, hashes) &&
      !holds(tree, { node, child: r, sibling: l }, hashes)
    ) return at;
  }
  return undefined;
}

/** Whether the parent's keys were made by who last changed the subtree under `child`. */
function holds(
  tree: RatchetTree,
  at: { node: NodeParent; child: number; sibling: number },
  hashes: TreeHashes,
): boolean {
  const { unmergedLeaves } = at.node.parent;
  const unmerged = new Set(unmergedLeaves.map((leaf) => 2 * leaf));
  const rest = resolve(tree, at.child).filter((node) => !unmerged.has(node));
  const made = rest.length === 1 ? tree[rest[0]!] : undefined;
  if (made === undefined) return false;
  const claimed = made.nodeType === "parent"
    ? made.parent.parentHash
    : made.leaf.leafNodeSource === "commit"
    ? made.leaf.parentHash
    : undefined;
  if (claimed === undefined) return false;
  const original = hashWithout(tree, at.sibling, new Set(unmergedLeaves), hashes);
  return isEqual(claimed, parentHash(at.node, original));
}

const encodeParentHashInput = encode(contramapBufferEncoders(
  [varLenDataEncoder, varLenDataEncoder, varLenDataEncoder],
  (input: { node: NodeParent; sibling: Uint8Array }) => [
    input.node.parent.hpkePublicKey,
    input.node.parent.parentHash,
    input.sibling,
  ],
));

function parentHash(node: NodeParent, sibling: Uint8Array): Uint8Array {
  return sha256(encodeParentHashInput({ node, sibling }));
}

/** RFC 9420 4.1.1. */
function resolve(tree: RatchetTree, at: number): number[] {
  const node = tree[at];
  if (node?.nodeType === "leaf") return [at];
  if (node?.nodeType === "parent") {
    return [
      at,
      ...node.parent.unmergedLeaves.map((leaf) => 2 * leaf),
    ];
  }
  if (at % 2 === 0) return [];
  return [...resolve(tree, left(toNodeIndex(at))), ...resolve(tree, right(toNodeIndex(at)))];
}

/** For public values: takes no care of time. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
