import { exportSecret, nextEpochContext } from "ts-mls/clientState.js";
import type { ClientState } from "ts-mls/clientState.js";
import { createConfirmationTag, createContentCommitSignature } from "ts-mls/framedContent.js";
import type { GroupInfo } from "ts-mls/groupInfo.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { protectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import { getCommitSecret, pathToPathSecrets } from "ts-mls/pathSecrets.js";
import { toPrivateKeyPath, updateLeafKey } from "ts-mls/privateKeyPath.js";
import type { Proposal } from "ts-mls/proposal.js";
import type { PublicMessage } from "ts-mls/publicMessage.js";
import { addLeafNode, type RatchetTree, removeLeafNode } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { leafWidth, nodeToLeafIndex, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { createUpdatePath } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { MlsFault } from "./fault.ts";
import { checkGroupInfo, type Joining } from "./join.ts";

/** The joiner's own former leaf in a tree, or undefined. */
export type FindFormer = (tree: RatchetTree) => number | undefined;

/**
 * Comes into a group by an external commit (RFC 9420 12.4.3.2), with the library's parts. Its own
 * `joinGroupExternal` is not used because of the tree check in it (traps T15 and T16) and because
 * it never returns when a resync finds no former leaf.
 */
export async function joinByCommit(
  info: GroupInfo,
  joining: Joining,
  findFormer: FindFormer,
): Promise<{ state: ClientState; publicMessage: PublicMessage }> {
  const { keys, suite } = joining;
  const context = info.groupContext;
  const tree = await checkGroupInfo(info, joining);
  const { enc, secret: initSecret } = await exportSecret(externalKeyOf(info), suite);
  const former = findFormer(tree);
  const moved = await moveIn(tree, { former, leaf: joining.keyPackage.leafNode, info }, joining);
  const { signature, framedContent } = await createContentCommitSignature(
    context,
    "mls_public_message",
    { proposals: proposalsOf(former, enc), path: moved.path },
    { senderType: "new_member_commit" },
    new Uint8Array(),
    keys.signaturePrivateKey,
    suite.signature,
  );
  const next = await nextEpochContext(
    context,
    "mls_public_message",
    framedContent,
    signature,
    await treeHashRoot(moved.tree, suite.hash),
    info.confirmationTag,
    suite.hash,
  );
  const noPsk = new Uint8Array(suite.kdf.size);
  const epoch = await initializeEpoch(initSecret, moved.commitSecret, next, noPsk, suite.kdf);
  const confirmationTag = await createConfirmationTag(
    epoch.keySchedule.confirmationKey,
    next.confirmedTranscriptHash,
    suite.hash,
  );
  const state: ClientState = {
    groupContext: next,
    ratchetTree: moved.tree,
    secretTree: await createSecretTree(
      leafWidth(moved.tree.length),
      epoch.encryptionSecret,
      suite.kdf,
    ),
    privatePath: moved.privatePath,
    confirmationTag,
    historicalReceiverData: new Map(),
    signaturePrivateKey: keys.signaturePrivateKey,
    keySchedule: epoch.keySchedule,
    unappliedProposals: {},
    groupActiveState: { kind: "active" },
    clientConfig: joining.config,
  };
  const publicMessage = await protectPublicMessage(epoch.keySchedule.membershipKey, next, {
    wireformat: "mls_public_message",
    content: framedContent,
    auth: { contentType: "commit", signature, confirmationTag },
  }, suite);
  for (const secret of [initSecret, moved.commitSecret, epoch.encryptionSecret]) {
    zeroOutUint8Array(secret);
  }
  zeroOutUint8Array(epoch.joinerSecret);
  return { state, publicMessage };
}

function externalKeyOf(info: GroupInfo): Uint8Array {
  const found = info.extensions.find((given) => given.extensionType === "external_pub");
  if (found === undefined) {
    throw new MlsFault("malformed", "A group's info has no key for joining from outside");
  }
  return found.extensionData;
}

function proposalsOf(former: number | undefined, kemOutput: Uint8Array) {
  const proposals: Proposal[] = [{ proposalType: "external_init", externalInit: { kemOutput } }];
  if (former !== undefined) {
    proposals.unshift({ proposalType: "remove", remove: { removed: former } });
  }
  return proposals.map((proposal) => ({ proposalOrRefType: "proposal" as const, proposal }));
}

/** The tree with the joiner in it, in place of its former leaf, and the path of keys up from it. */
async function moveIn(
  before: RatchetTree,
  who: { former: number | undefined; leaf: LeafNode; info: GroupInfo },
  joining: Joining,
) {
  const { keys, suite } = joining;
  const cleared = who.former === undefined
    ? before
    : removeLeafNode(before, toLeafIndex(who.former));
  const [added, node] = addLeafNode(cleared, who.leaf);
  const own = nodeToLeafIndex(node);
  const [tree, path, secrets, leafKey] = await createUpdatePath(
    added,
    own,
    who.info.groupContext,
    keys.signaturePrivateKey,
    suite,
  );
  const last = secrets.at(-1);
  return {
    tree,
    path,
    privatePath: updateLeafKey(
      await toPrivateKeyPath(pathToPathSecrets(secrets), own, suite),
      await suite.hpke.exportPrivateKey(leafKey),
    ),
    commitSecret: last === undefined
      ? new Uint8Array(suite.kdf.size)
      : await getCommitSecret(tree, toNodeIndex(last.nodeIndex), last.secret, suite.kdf),
  };
}
