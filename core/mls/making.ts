import { sha256 } from "@noble/hashes/sha2.js";
import { type ClientState, createGroup } from "ts-mls/clientState.js";
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js";
import { encodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import type { Proposal } from "ts-mls/proposal.js";
import { limits } from "../limits.ts";
import { type CommitResult, type GroupChange, process } from "./commits.ts";
import { decodeMessage } from "./decode_message.ts";
import { joinByCommit } from "./external_join.ts";
import { MlsFault } from "./fault.ts";
import { authHashOf, Group, leafAt, leavesOf } from "./group.ts";
import { joinByWelcome } from "./join.ts";
import {
  type DeviceKeys,
  makeKeyPackage,
  openKeyPackage,
  type OwnKeyPackage,
  throwawayPackage,
} from "./key_package.ts";
import { checkCredential, checkLeafRules, checkUniqueKeys } from "./leaf_rules.ts";
import { checkOwners, findOwn, judgeCommit } from "./policy.ts";
import { withCredential, withFormerTree } from "./renew.ts";
import { makeSuite } from "./suite.ts";
import { active, type Tools } from "./tools.ts";

async function create(groupId: Uint8Array, keys: DeviceKeys, tools: Tools): Promise<Group> {
  const { publicPackage, privatePackage } = await throwawayPackage(keys, tools.suite);
  if (groupId.length === 0 || groupId.length > limits.mls.maxGroupIdBytes) {
    throw new MlsFault("policy", `A group id of ${groupId.length} bytes is not allowed`);
  }
  return new Group(
    await createGroup(groupId, publicPackage, privatePackage, [], tools.suite, tools.config),
  );
}

async function join(
  welcome: Uint8Array,
  own: { keyPackage: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">; keys: DeviceKeys },
  tools: Tools,
): Promise<Group> {
  const state = await joinByWelcome(decodeMessage(welcome, "mls_welcome").welcome, {
    ...openKeyPackage(own.keyPackage, own.keys),
    ...tools,
  });
  checkOwners(leavesOf(state.ratchetTree), tools.options.ownerOf);
  return new Group(state);
}

async function externalJoin(
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

async function commit(
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

async function infoOf(state: ClientState, tools: Tools): Promise<Uint8Array> {
  const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(state, [], tools.suite);
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_group_info", groupInfo });
}

/** Ways into a group and changes of it: fetched when they are needed, apart from what only reads. */
/** The tools with all of the suite. */
const wholeTools = (tools: Tools): Tools => ({ ...tools, suite: makeSuite(tools.options.rng) });

export const making = {
  wholeTools,
  makeKeyPackage,
  create,
  join,
  externalJoin,
  commit,
  process,
  infoOf,
};
