import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from "ts-mls/treemath.js";
import { limits } from "../limits.ts";
import { MlsFault } from "./fault.ts";

/**
 * The shape of a tree that came from outside, checked before the library follows any number in it:
 * trap T16 (an `unmerged_leaves` entry beyond the tree never ends) and trap T15 (a node above may
 * have a shorter list than the node itself; RFC 9420 7.9 asks that each non-blank node *between* a
 * leaf and a node that lists it as unmerged lists it, too).
 */
export function checkTreeShape(tree: RatchetTree): void {
  if (tree.length > 2 * limits.mls.maxLeaves - 1) {
    throw malformed(`it has ${tree.length} nodes, more than ${2 * limits.mls.maxLeaves - 1}`);
  }
  for (const [at, node] of tree.entries()) {
    if (node === undefined) continue;
    if ((node.nodeType === "leaf") !== (at % 2 === 0)) {
      throw malformed(`node ${at} is a ${node.nodeType}`);
    }
    if (node.nodeType === "parent") checkUnmerged(tree, at, node.parent.unmergedLeaves);
  }
}

function checkUnmerged(tree: RatchetTree, at: number, unmerged: readonly number[]): void {
  let last = -1;
  for (const leaf of unmerged) {
    if (leaf <= last) throw malformed(`node ${at} lists its unmerged leaves out of order`);
    last = leaf;
    if (tree[2 * leaf]?.nodeType !== "leaf") {
      throw malformed(`node ${at} lists leaf ${leaf}, which is blank or beyond the tree`);
    }
    const path = directPath(leafToNodeIndex(toLeafIndex(leaf)), leafWidth(tree.length));
    const height = path.findIndex((above) => above === at);
    if (height < 0) throw malformed(`node ${at} lists leaf ${leaf}, which is not below it`);
    for (const between of path.slice(0, height)) {
      const node = tree[between];
      if (node?.nodeType === "parent" && !node.parent.unmergedLeaves.includes(leaf)) {
        throw malformed(`node ${between} does not list leaf ${leaf}, node ${at} above it does`);
      }
    }
  }
}

function malformed(why: string): MlsFault {
  return new MlsFault("malformed", `Cannot take the tree of the group: ${why}`);
}
