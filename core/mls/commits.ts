import { sha256 } from "@noble/hashes/sha2.js";
import type { ClientState } from "ts-mls/clientState.js";
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js";
import { encodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import { processPublicMessage } from "ts-mls/processMessages.js";
import type { Proposal } from "ts-mls/proposal.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { readCommitContent } from "./commit_content.ts";
import { decodeMessage } from "./decode.ts";
import { joinByCommit } from "./external_join.ts";
import { MlsFault } from "./fault.ts";
import { authHashOf, Group, type Leaf, leafAt, leavesOf } from "./group.ts";
import { type DeviceKeys, throwawayPackage } from "./key_package.ts";
import { checkCredential, checkLeafRules, checkUniqueKeys } from "./leaf_rules.ts";
import { type Change, checkOwners, findOwn, judgeCommit } from "./policy.ts";
import { withCredential, withFormerTree } from "./renew.ts";
import { active, checkPlace, type Tools } from "./tools.ts";

/** A commit of one's own that nobody has taken yet. */
export interface CommitResult {
  /** The group after it. Keep the one before until the receipt is there (trap T5). */
  readonly group: Group;
  readonly commit: Uint8Array;
  /** SHA-256 of `commit`. */
  readonly commitHash: Uint8Array;
  /** Tells the new epoch from every other with its number (trap T9). */
  readonly authHash: Uint8Array;
  /** One for all devices that were added, or undefined. */
  readonly welcome?: Uint8Array;
  /** The new epoch's, with its tree: what a device needs to come in from outside. */
  readonly groupInfo: Uint8Array;
}

export interface GroupChange {
  /** Key packages of devices that come in. */
  readonly add?: readonly Uint8Array[];
  /** Leaf numbers of devices that go. */
  readonly remove?: readonly number[];
  /** A newer certificate of this device, for the same signature key. Not with additions alone. */
  readonly credential?: Uint8Array;
}

export interface Processed extends Change {
  readonly group: Group;
}

export async function externalJoin(
  bytes: Uint8Array,
  how: { keys: DeviceKeys; resync: boolean },
  tools: Tools,
): Promise<CommitResult> {
  const { ownerOf } = tools.options;
  const { publicPackage, privatePackage } = await throwawayPackage(how.keys, tools.suite);
  const info = decodeMessage(bytes, "mls_group_info").groupInfo;
  const joining = { keyPackage: publicPackage, keys: privatePackage, ...tools };
  const { state, publicMessage } = await joinByCommit(info, joining, (tree) => {
    const former = findOwn(tree, how.keys.credential, ownerOf);
    if ((former !== undefined) === how.resync) return former;
    throw new MlsFault(
      "policy",
      how.resync
        ? "Cannot come back into the group: this device has no leaf in it"
        : `Cannot come into the group: this device is in it as leaf ${former}`,
    );
  });
  checkOwners(leavesOf(state.ratchetTree), ownerOf);
  return pending(state, {
    version: "mls10",
    wireformat: "mls_public_message",
    publicMessage,
  }, tools);
}

export async function commit(
  group: Group,
  change: GroupChange,
  tools: Tools,
): Promise<CommitResult> {
  const add = (change.add ?? []).map((bytes) => decodeMessage(bytes, "mls_key_package").keyPackage);
  for (const { leafNode } of add) checkLeafRules(leafNode);
  const remove = change.remove ?? [];
  const before = active(group);
  const state = await renewed(before, change, tools);
  judgeCommit(before.ratchetTree, {
    groupId: group.groupId,
    epoch: group.epoch,
    committer: group.ownLeaf,
    external: false,
    joiner: undefined,
    renewed: leafAt(state.ratchetTree, group.ownLeaf),
    adds: add,
    removes: remove,
    confirmationTag: state.confirmationTag,
  }, tools.options.ownerOf);
  const extraProposals: Proposal[] = [
    ...remove.map((removed) => ({ proposalType: "remove" as const, remove: { removed } })),
    ...add.map((keyPackage) => ({ proposalType: "add" as const, add: { keyPackage } })),
  ];
  const made = await createCommit({ state, cipherSuite: tools.suite }, {
    wireAsPublicMessage: true,
    extraProposals,
    ratchetTreeExtension: true,
  });
  checkUniqueKeys(made.newState.ratchetTree);
  const result = await pending(withFormerTree(made.newState, before), made.commit, tools);
  if (made.welcome === undefined) return result;
  return {
    ...result,
    welcome: encodeMlsMessage({
      version: "mls10",
      wireformat: "mls_welcome",
      welcome: made.welcome,
    }),
  };
}

/** The state that a commit starts from, with the newer certificate that it shows. */
async function renewed(
  state: ClientState,
  { add = [], remove = [], credential }: GroupChange,
  { options }: Tools,
): Promise<ClientState> {
  if (credential === undefined) return state;
  if (add.length > 0 && remove.length === 0) {
    throw new MlsFault("policy", "A commit that only adds devices cannot show a new certificate");
  }
  const own = leafAt(state.ratchetTree, state.privatePath.leafIndex)!;
  checkCredential(credential);
  if (!await options.accept(credential, own.signatureKey)) {
    throw new MlsFault("policy", "This device's new certificate is not accepted");
  }
  return withCredential(state, credential);
}

async function pending(
  state: ClientState,
  message: MLSMessage,
  tools: Tools,
): Promise<CommitResult> {
  const bytes = encodeMlsMessage(message);
  return {
    group: new Group(state),
    commit: bytes,
    commitHash: sha256(bytes),
    authHash: authHashOf(state.confirmationTag),
    groupInfo: await infoOf(state, tools),
  };
}

export async function infoOf(state: ClientState, tools: Tools): Promise<Uint8Array> {
  const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(state, [], tools.suite);
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_group_info", groupInfo });
}

export async function process(group: Group, bytes: Uint8Array, tools: Tools): Promise<Processed> {
  const state = active(group);
  const { publicMessage } = decodeMessage(bytes, "mls_public_message");
  const content = readCommitContent(publicMessage);
  checkPlace(group, content, "commit");
  if (content.epoch < group.epoch) {
    throw new MlsFault(
      "past_epoch",
      `A commit ends epoch ${content.epoch}, ours is ${group.epoch}`,
    );
  }
  if (content.committer === group.ownLeaf) {
    throw new MlsFault("own_commit", "The commit is this device's own: take the pending group");
  }
  const change = judgeCommit(state.ratchetTree, content, tools.options.ownerOf);
  if (tools.options.judge !== undefined && !await tools.options.judge(change)) {
    throw new MlsFault("policy", "The commit does what its sender may not do in this room");
  }
  const { newState } = await processPublicMessage(
    state,
    publicMessage,
    emptyPskIndex,
    tools.suite,
  );
  checkUniqueKeys(newState.ratchetTree);
  const after = new Group(newState);
  return { group: after, ...change, added: place(change.added, after) };
}

/** The added leaves with the numbers that they got. */
function place(added: readonly Leaf[], after: Group): Leaf[] {
  const bySignatureKey = new Map(
    after.leaves().map((leaf) => [leaf.signatureKey.toHex(), leaf]),
  );
  return added.map((leaf) => bySignatureKey.get(leaf.signatureKey.toHex()) ?? leaf);
}
