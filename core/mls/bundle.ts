import { nextEpochContext } from "ts-mls/clientState.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { type FramedContentCommit, verifyFramedContentSignature } from "ts-mls/framedContent.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { encodeGroupContext } from "ts-mls/groupContext.js";
import { type GroupInfo, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { type KeyPackage, verifyKeyPackage } from "ts-mls/keyPackage.js";
import {
  type LeafNode,
  verifyLeafNodeSignature,
  verifyLeafNodeSignatureKeyPackage,
} from "ts-mls/leafNode.js";
import type { PublicMessage } from "ts-mls/publicMessage.js";
import { addLeafNode, type RatchetTree, removeLeafNode } from "ts-mls/ratchetTree.js";
import { nodeToLeafIndex, toLeafIndex } from "ts-mls/treemath.js";
import { applyUpdatePath } from "ts-mls/updatePath.js";
import { type CommitContent, readCommitContent } from "./commit_content.ts";
import { toEpoch } from "./decode.ts";
import { decodeMessage } from "./decode_message.ts";
import { guarded, MlsFault } from "./fault.ts";
import { authHashOf, type Leaf, leafAt, leavesOf } from "./group.ts";
import { checkContext } from "./join.ts";
import { checkUniqueKeys } from "./leaf_rules.ts";
import { judgeCommit, type OwnerOf } from "./policy.ts";
import {
  type CommitFacts,
  type KeyPackageFacts,
  keyPackageFacts,
  readCommit,
  readWelcome,
  treeOf,
} from "./readers.ts";
import { SUITE_NAME } from "./message_suite.ts";
import { makeSuite } from "./suite.ts";
import { hashTree, isEqual, rootOf } from "./tree_hash.ts";

/** What a device hands to the server that orders a group's commits. */
export interface Bundle {
  readonly commit: Uint8Array;
  /** Of the new epoch, with its tree. */
  readonly groupInfo: Uint8Array;
  readonly welcome?: Uint8Array | undefined;
}

export interface BundleFacts extends CommitFacts {
  /** As they are after the commit. */
  readonly leaves: readonly Leaf[];
  readonly added: readonly Leaf[];
  /** As they were before the commit. */
  readonly removed: readonly Leaf[];
  /** The committer's leaf after the commit, that of the joiner for an external one. */
  readonly by: Leaf;
}

/**
 * Everything that can be checked of a commit without a secret: that its sender signed it, that it
 * does what it may, and that the new group info is exactly what follows from the former one. A
 * server that checks it hands on no commit that honest devices must refuse, but for what only members
 * can check: the membership tag, the confirmation tag and the secrets for each of them. `before` is the group info that it holds. Throws `MlsFault`.
 */
export function checkBundle(
  before: Uint8Array,
  bundle: Bundle,
  ownerOf: OwnerOf,
): Promise<BundleFacts> {
  return guarded("take a bundle", async () => {
    const suite = publicSuite();
    const facts = readCommit(bundle.commit);
    const message = decodeMessage(bundle.commit, "mls_public_message").publicMessage;
    const former = decodeMessage(before, "mls_group_info").groupInfo;
    const tree = treeOf(former);
    const content = readCommitContent(message);
    checkPlace(former.groupContext, content);
    const change = judgeCommit(tree, content, ownerOf);
    await checkSignature(message, { former, tree, content }, suite);
    for (const added of content.adds) await verifyPackage(added, suite);
    const applied = await apply(tree, { content, message, former }, suite);
    checkUniqueKeys(applied.tree);
    const info = decodeMessage(bundle.groupInfo, "mls_group_info").groupInfo;
    await checkFollows({ former, info, message, applied }, suite);
    checkWelcome(bundle.welcome, facts.adds);
    return {
      ...facts,
      leaves: leavesOf(applied.tree),
      added: applied.added.map((leaf) => leafAt(applied.tree, leaf)!),
      removed: change.removed,
      by: leafAt(applied.tree, applied.committer)!,
    };
  });
}

/** A key package whose signatures hold and whose suite is ours. Throws `MlsFault`. */
export function checkKeyPackage(bytes: Uint8Array): Promise<KeyPackageFacts> {
  return guarded("take a key package", async () => {
    const { keyPackage } = decodeMessage(bytes, "mls_key_package");
    await verifyPackage(keyPackage, publicSuite());
    return keyPackageFacts(keyPackage);
  });
}

/** The first group info of a group, epoch 0 with its creator alone or more. Throws `MlsFault`. */
export function checkGroupInfo(bytes: Uint8Array): Promise<void> {
  return guarded("take a group's info", async () => {
    const suite = publicSuite();
    const info = decodeMessage(bytes, "mls_group_info").groupInfo;
    checkContext(info.groupContext, suite);
    const tree = treeOf(info);
    checkUniqueKeys(tree);
    if (!isEqual(hashTree(tree)[rootOf(tree)]!, info.groupContext.treeHash)) {
      throw new MlsFault("unverified", "The tree of a group's info has another hash");
    }
    await checkInfoSignature(info, tree, suite);
  });
}

let suite: CiphersuiteImpl | undefined;

/** The suite of checks: nothing is made with it, so nothing asks it for randomness. */
function publicSuite(): CiphersuiteImpl {
  suite ??= makeSuite({
    bytes: () => {
      throw new Error("A check asks for randomness");
    },
  });
  return suite;
}

function checkPlace(former: GroupContext, content: CommitContent): void {
  if (!isEqual(former.groupId, content.groupId)) {
    throw new MlsFault("other_group", `A commit of group ${content.groupId.toHex()} came here`);
  }
  const epoch = toEpoch(former.epoch);
  if (content.epoch === epoch) return;
  throw new MlsFault(
    content.epoch < epoch ? "past_epoch" : "future_epoch",
    `A commit ends epoch ${content.epoch}, the group is at ${epoch}`,
  );
}

async function checkSignature(
  message: PublicMessage,
  at: { former: GroupInfo; tree: RatchetTree; content: CommitContent },
  suite: CiphersuiteImpl,
): Promise<void> {
  const signer = at.content.joiner ?? leafAt(at.tree, at.content.committer!)!;
  const signed = await verifyFramedContentSignature(
    signer.signatureKey,
    "mls_public_message",
    message.content,
    message.auth,
    at.former.groupContext,
    suite.signature,
  );
  if (!signed) throw new MlsFault("unverified", "A commit is not signed by its sender");
}

async function verifyPackage(given: KeyPackage, suite: CiphersuiteImpl): Promise<void> {
  if (given.cipherSuite !== SUITE_NAME) {
    throw new MlsFault("policy", `A key package is of suite ${given.cipherSuite}`);
  }
  if (
    !await verifyKeyPackage(given, suite.signature) ||
    !await verifyLeafNodeSignatureKeyPackage(given.leafNode, suite.signature)
  ) throw new MlsFault("unverified", "A key package is not signed by its device");
  if (isEqual(given.initKey, given.leafNode.hpkePublicKey)) {
    throw new MlsFault("unverified", "A key package uses one key for two purposes");
  }
}

interface Applied {
  readonly tree: RatchetTree;
  readonly committer: number;
  /** Leaf numbers, in the order of the proposals. */
  readonly added: readonly number[];
}

/** The tree after the commit, as RFC 9420 12.3 and 7.5 build it. */
async function apply(
  before: RatchetTree,
  by: { content: CommitContent; message: PublicMessage; former: GroupInfo },
  suite: CiphersuiteImpl,
): Promise<Applied> {
  const { content, message } = by;
  if (message.content.contentType !== "commit") throw new MlsFault("policy", "No commit");
  const { path } = message.content.commit;
  let tree = before;
  const added: number[] = [];
  const add = (leaf: LeafNode) => {
    const [after, node] = addLeafNode(tree, leaf);
    tree = after;
    added.push(nodeToLeafIndex(node));
    return nodeToLeafIndex(node);
  };
  for (const leaf of content.removes) tree = removeLeafNode(tree, toLeafIndex(leaf));
  for (const given of content.adds) add(given.leafNode);
  const committer = content.committer ?? (path && add(path.leafNode));
  if (committer === undefined) throw new MlsFault("policy", "A commit has no sender");
  if (path === undefined) {
    if (content.adds.length > 0 && content.removes.length === 0) return { tree, committer, added };
    throw new MlsFault("policy", "A commit that is no mere addition brings no path");
  }
  const { groupId } = by.former.groupContext;
  if (!await verifyLeafNodeSignature(path.leafNode, groupId, committer, suite.signature)) {
    throw new MlsFault("unverified", "A committer's new leaf is not signed by its key");
  }
  tree = await applyUpdatePath(
    tree,
    toLeafIndex(committer),
    path,
    suite.hash,
    content.external,
  );
  return { tree, committer, added };
}

/** That the new group info is the former one after this commit, signed by who made it. */
async function checkFollows(
  given: { former: GroupInfo; info: GroupInfo; message: PublicMessage; applied: Applied },
  suite: CiphersuiteImpl,
): Promise<void> {
  const { former, info, message, applied } = given;
  if (message.auth.contentType !== "commit") throw new MlsFault("policy", "No commit");
  const treeHash = hashTree(applied.tree)[rootOf(applied.tree)]!;
  const expected = await nextEpochContext(
    former.groupContext,
    "mls_public_message",
    message.content as FramedContentCommit,
    message.auth.signature,
    treeHash,
    former.confirmationTag,
    suite.hash,
  );
  const tree = treeOf(info);
  if (
    !isEqual(encodeGroupContext(info.groupContext), encodeGroupContext(expected)) ||
    !isEqual(hashTree(tree)[rootOf(tree)]!, treeHash) ||
    !isEqual(authHashOf(info.confirmationTag), authHashOf(message.auth.confirmationTag))
  ) throw new MlsFault("unverified", "The new group info does not follow from the commit");
  if (info.signer !== applied.committer) {
    throw new MlsFault("policy", `The new group info is signed by leaf ${info.signer}`);
  }
  await checkInfoSignature(info, tree, suite);
}

async function checkInfoSignature(
  info: GroupInfo,
  tree: RatchetTree,
  suite: CiphersuiteImpl,
): Promise<void> {
  const signer = leafAt(tree, info.signer);
  if (
    signer === undefined ||
    !await verifyGroupInfoSignature(info, signer.signatureKey, suite.signature)
  ) throw new MlsFault("unverified", `A group's info is not signed by leaf ${info.signer}`);
  if (!info.extensions.some((given) => given.extensionType === "external_pub")) {
    throw new MlsFault("policy", "A group's info has no key for joining from outside");
  }
}

/** A Welcome is for the devices that the commit adds, each once. */
function checkWelcome(
  welcome: Uint8Array | undefined,
  adds: readonly KeyPackageFacts[],
): void {
  const refs = welcome === undefined ? [] : readWelcome(welcome).refs.map((ref) => ref.toHex());
  const wanted = adds.map((add) => add.ref.toHex());
  if (refs.length !== wanted.length || wanted.some((ref) => !refs.includes(ref))) {
    throw new MlsFault(
      "policy",
      `A Welcome is for ${refs.length} devices, not for the ${wanted.length} that are added`,
    );
  }
}
