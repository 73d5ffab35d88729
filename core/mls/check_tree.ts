import type { AuthenticationService } from "ts-mls/authenticationService.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import type { LeafNode, LeafNodeKeyPackage } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { MlsFault } from "./fault.ts";
import { checkLeafRules, checkUniqueKeys } from "./leaf_rules.ts";
import { checkTreeShape } from "./tree.ts";
import { findBadParent, hashTree, isEqual, rootOf } from "./tree_hash.ts";

/**
 * Everything that RFC 9420 12.4.3.1 asks of a tree before a group is joined. The library's own
 * `validateRatchetTree` (1.6.4) refuses valid trees (trap T15) and follows leaf numbers before it
 * has checked them (trap T16), so the two ways into a group go through this one instead.
 */
export async function checkTree(
  tree: RatchetTree,
  context: GroupContext,
  by: { auth: AuthenticationService; suite: CiphersuiteImpl },
): Promise<void> {
  checkTreeShape(tree);
  checkUniqueKeys(tree);
  for (const [at, node] of tree.entries()) {
    if (node?.nodeType === "leaf") await checkLeaf(node.leaf, at / 2, { context, ...by });
  }
  const hashes = hashTree(tree);
  if (!isEqual(context.treeHash, hashes[rootOf(tree)]!)) {
    throw refused("its hash is not the group's");
  }
  const bad = findBadParent(tree, hashes);
  if (bad !== undefined) throw refused(`the parent hash of node ${bad} does not hold`);
}

async function checkLeaf(
  leaf: LeafNode,
  at: number,
  by: { context: GroupContext; auth: AuthenticationService; suite: CiphersuiteImpl },
): Promise<void> {
  const { context, auth, suite } = by;
  const signed = leaf.leafNodeSource === "key_package"
    ? await verifyLeafNodeSignatureKeyPackage(leaf as LeafNodeKeyPackage, suite.signature)
    : await verifyLeafNodeSignature(leaf, context.groupId, at, suite.signature);
  if (!signed) throw refused(`leaf ${at} is not signed by its key`);
  checkLeafRules(leaf);
  if (!await auth.validateCredential(leaf.credential, leaf.signaturePublicKey)) {
    throw new MlsFault("policy", `The certificate of leaf ${at} is not accepted`);
  }
}

function refused(why: string): MlsFault {
  return new MlsFault("unverified", `Cannot take the tree of the group: ${why}`);
}
