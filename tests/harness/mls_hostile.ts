import type { ClientState } from "ts-mls/clientState.js";
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js";
import { createProposal } from "ts-mls/createMessage.js";
import { createContentCommitSignature } from "ts-mls/framedContent.js";
import { signGroupInfo } from "ts-mls/groupInfo.js";
import { protectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import type { Proposal } from "ts-mls/proposal.js";
import type { ProposalOrRef } from "ts-mls/proposalOrRefType.js";
import { encodeRatchetTree, type RatchetTree } from "ts-mls/ratchetTree.js";
import { joinByCommit } from "../../core/mls/external_join.ts";
import type { Group } from "../../core/mls/group.ts";
import { type DeviceKeys, throwawayPackage } from "../../core/mls/key_package.ts";
import { makeSuite } from "../../core/mls/suite.ts";
import type { Rng } from "../../core/ports/rng.ts";

/*
 * What somebody with the bare library can do: members and outsiders that keep none of the rules of
 * core/mls. What they make is signed and, as far as the library cares, correct.
 */

/** A member's commit of any proposals, from any state it likes. */
export async function commitAnything(
  state: ClientState,
  proposals: readonly Proposal[],
  rng: Rng,
): Promise<{ commit: Uint8Array; state: ClientState; welcome: Uint8Array | undefined }> {
  const made = await createCommit({ state, cipherSuite: await makeSuite(rng) }, {
    wireAsPublicMessage: true,
    extraProposals: [...proposals],
    ratchetTreeExtension: true,
  });
  return {
    commit: encodeMlsMessage(made.commit),
    state: made.newState,
    welcome: made.welcome && encodeMlsMessage({
      version: "mls10",
      wireformat: "mls_welcome",
      welcome: made.welcome,
    }),
  };
}

/** The member's state with another credential on its own leaf: what it commits renames it. */
export function renamed(group: Group, credential: Uint8Array): ClientState {
  const tree = group.state.ratchetTree.slice();
  const node = tree[2 * group.ownLeaf];
  if (node?.nodeType !== "leaf") throw new Error("The member has no leaf");
  tree[2 * group.ownLeaf] = {
    ...node,
    leaf: { ...node.leaf, credential: { credentialType: "basic", identity: credential } },
  };
  return { ...group.state, ratchetTree: tree };
}

/** A member's state in which it poses as another one, whose leaf now has a key of its own. */
export function posing(group: Group, as: number, keys: DeviceKeys): ClientState {
  const ratchetTree = group.state.ratchetTree.slice();
  const node = ratchetTree[2 * as];
  if (node?.nodeType !== "leaf") throw new Error(`Leaf ${as} is blank`);
  const leaf = { ...node.leaf, signaturePublicKey: keys.signatureKey };
  ratchetTree[2 * as] = { ...node, leaf };
  return {
    ...group.state,
    ratchetTree,
    privatePath: { ...group.state.privatePath, leafIndex: as },
    signaturePrivateKey: keys.signatureSeed,
  };
}

/** A proposal by itself, in the clear. */
export async function proposeAlone(
  group: Group,
  proposal: Proposal,
  rng: Rng,
): Promise<{ message: Uint8Array; state: ClientState }> {
  const made = await createProposal(group.state, true, proposal, await makeSuite(rng));
  return { message: encodeMlsMessage(made.message), state: made.newState };
}

/** An outsider's external commit that takes out this leaf, or none. */
export async function evict(
  groupInfo: Uint8Array,
  keys: DeviceKeys,
  by: { victim: number | undefined; state: ClientState; rng: Rng },
): Promise<Uint8Array> {
  const suite = await makeSuite(by.rng);
  const { publicPackage, privatePackage } = await throwawayPackage(keys, suite);
  const { publicMessage } = await joinByCommit(infoOf(groupInfo), {
    keyPackage: publicPackage,
    keys: privatePackage,
    suite,
    config: by.state.clientConfig,
  }, () => by.victim);
  return encodePublic(publicMessage);
}

/** An outsider's external commit with more proposals than it should have, signed anew. */
export async function forgeExternal(
  commit: Uint8Array,
  more: readonly ProposalOrRef[],
  by: { before: Group; keys: DeviceKeys; rng: Rng },
): Promise<Uint8Array> {
  const suite = await makeSuite(by.rng);
  const message = publicOf(commit);
  const { content, auth } = message;
  if (content.contentType !== "commit" || auth.contentType !== "commit") {
    throw new Error("A commit is expected");
  }
  const { groupContext } = by.before.state;
  const { framedContent, signature } = await createContentCommitSignature(
    groupContext,
    "mls_public_message",
    { ...content.commit, proposals: [...more, ...content.commit.proposals] },
    { senderType: "new_member_commit" },
    new Uint8Array(),
    by.keys.signatureSeed,
    suite.signature,
  );
  return encodePublic(
    await protectPublicMessage(new Uint8Array(32), groupContext, {
      wireformat: "mls_public_message",
      content: framedContent,
      auth: { contentType: "commit", signature, confirmationTag: auth.confirmationTag },
    }, suite),
  );
}

/** A member's group info whose tree it changed after all. */
export async function infoWithTree(
  group: Group,
  change: (tree: RatchetTree) => RatchetTree,
  rng: Rng,
): Promise<Uint8Array> {
  const suite = await makeSuite(rng);
  const info = await createGroupInfoWithExternalPubAndRatchetTree(group.state, [], suite);
  const extensions = info.extensions.map((given) =>
    given.extensionType === "ratchet_tree"
      ? { ...given, extensionData: encodeRatchetTree(change(group.state.ratchetTree)) }
      : given
  );
  const groupInfo = await signGroupInfo(
    { ...info, extensions },
    group.state.signaturePrivateKey,
    suite.signature,
  );
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_group_info", groupInfo });
}

/** A tree whose first filled parent lists these leaves as unmerged. */
export function withUnmerged(tree: RatchetTree, unmergedLeaves: number[]): RatchetTree {
  const at = tree.findIndex((node) => node?.nodeType === "parent");
  return tree.map((node, index) =>
    index === at && node?.nodeType === "parent"
      ? { ...node, parent: { ...node.parent, unmergedLeaves } }
      : node
  );
}

function infoOf(bytes: Uint8Array) {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  if (message?.wireformat !== "mls_group_info") throw new Error("A group info is expected");
  return message.groupInfo;
}

function publicOf(bytes: Uint8Array) {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  if (message?.wireformat !== "mls_public_message") throw new Error("A public message is expected");
  return message.publicMessage;
}

function encodePublic(
  publicMessage: Extract<MLSMessage, { wireformat: "mls_public_message" }>["publicMessage"],
): Uint8Array {
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage });
}
