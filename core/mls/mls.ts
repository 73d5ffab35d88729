import type { Credential } from "ts-mls/credential.js";
import type { ClientConfig } from "ts-mls/clientConfig.js";
import { createGroup } from "ts-mls/clientState.js";
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js";
import type { ClientState } from "ts-mls/clientState.js";
import { createApplicationMessage } from "ts-mls/createMessage.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { encodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import { processPrivateMessage, processPublicMessage } from "ts-mls/processMessages.js";
import type { Proposal } from "ts-mls/proposal.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { readCommitContent } from "./commit_content.ts";
import { decodeMessage, toEpoch } from "./decode.ts";
import { joinByCommit } from "./external_join.ts";
import { guarded, MlsFault } from "./fault.ts";
import { authHashOf, Group, type Leaf, leafAt, leavesOf } from "./group.ts";
import { joinByWelcome } from "./join.ts";
import { checkLeafRules, checkUniqueKeys } from "./leaf_rules.ts";
import {
  type DeviceKeys,
  type KeyPackageLife,
  makeKeyPackage,
  openKeyPackage,
  type OwnKeyPackage,
  throwawayPackage,
} from "./key_package.ts";
import { type Change, checkOwners, findOwn, judgeCommit, type OwnerOf } from "./policy.ts";
import { findSender } from "./sender.ts";
import { applyToState, readSnapshot } from "./snapshot.ts";
import { makeSuite } from "./suite.ts";

export interface MlsOptions {
  /** Whether a device's certificate is good for this signature key, in this room. */
  accept(credential: Uint8Array, signatureKey: Uint8Array): boolean | Promise<boolean>;
  readonly ownerOf: OwnerOf;
  /** Whether these people may do that. Everything is allowed without it. */
  judge?(change: Change): boolean | Promise<boolean>;
  readonly rng: Rng;
}

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

export interface Processed extends Change {
  readonly group: Group;
}

export interface Decrypted {
  readonly group: Group;
  readonly plaintext: Uint8Array;
  readonly aad: Uint8Array;
  /** As the tree of the message's epoch has it (trap T4). */
  readonly sender: Leaf;
  readonly epoch: number;
}

/** MLS groups of one device. Every step takes a group and gives the next; faults are `MlsFault`. */
export interface Mls {
  keyPackage(keys: DeviceKeys, life: KeyPackageLife): Promise<OwnKeyPackage>;
  create(groupId: Uint8Array, keys: DeviceKeys): Promise<Group>;
  join(
    welcome: Uint8Array,
    keyPackage: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">,
    keys: DeviceKeys,
  ): Promise<Group>;
  /** `resync` takes out this device's former leaf, which must be there. */
  externalJoin(
    groupInfo: Uint8Array,
    keys: DeviceKeys,
    options: { resync: boolean },
  ): Promise<CommitResult>;
  /** Nothing to add or remove: renews this device's own keys. */
  commit(
    group: Group,
    change: { add?: readonly Uint8Array[]; remove?: readonly number[] },
  ): Promise<CommitResult>;
  process(group: Group, commit: Uint8Array): Promise<Processed>;
  encrypt(
    group: Group,
    plaintext: Uint8Array,
    aad: Uint8Array,
  ): Promise<{ group: Group; message: Uint8Array }>;
  decrypt(group: Group, message: Uint8Array): Promise<Decrypted>;
  exportSecret(
    group: Group,
    label: string,
    context: Uint8Array,
    length: number,
  ): Promise<Uint8Array>;
  /** A group out of its `snapshot` and what changed since, in order. */
  restore(bytes: Uint8Array, deltas?: readonly Uint8Array[]): Group;
  /** The group's info as of now, with its tree: what `externalJoin` takes. */
  groupInfo(group: Group): Promise<Uint8Array>;
}

/** What every operation below needs. */
export interface Tools {
  readonly suite: CiphersuiteImpl;
  readonly config: ClientConfig;
  readonly options: MlsOptions;
}

export async function createMls(options: MlsOptions): Promise<Mls> {
  const tools: Tools = {
    suite: await makeSuite(options.rng),
    config: makeConfig(options),
    options,
  };
  return {
    keyPackage: (keys, life) =>
      guarded("make a key package", () => makeKeyPackage(keys, life, tools.suite)),
    create: (groupId, keys) => guarded("create a group", () => create(groupId, keys, tools)),
    join: (welcome, keyPackage, keys) =>
      guarded("join a group by its Welcome", () => join(welcome, { keyPackage, keys }, tools)),
    externalJoin: (info, keys, { resync }) =>
      guarded(
        "join a group from outside",
        () => externalJoin(info, { keys, resync }, tools),
      ),
    commit: (group, change) =>
      guarded("commit a change of the group", () => commit(group, change, tools)),
    process: (group, bytes) => guarded("take a commit", () => process(group, bytes, tools)),
    encrypt: (group, plaintext, aad) =>
      guarded("encrypt a message", () => encrypt(group, { plaintext, aad }, tools)),
    decrypt: (group, message) => guarded("decrypt a message", () => decrypt(group, message, tools)),
    exportSecret: (group, label, context, length) =>
      guarded("export a secret", () =>
        mlsExporter(
          group.state.keySchedule.exporterSecret,
          label,
          context,
          length,
          tools.suite,
        )),
    restore: (bytes, deltas = []) => restore(bytes, deltas, tools),
    groupInfo: (group) => guarded("write a group's info", () => infoOf(active(group), tools)),
  };
}

function makeConfig(options: MlsOptions): ClientConfig {
  return {
    keyRetentionConfig: {
      retainKeysForGenerations: limits.mls.keptGenerations,
      retainKeysForEpochs: limits.mls.keptEpochs,
      maximumForwardRatchetSteps: limits.mls.maxForwardSteps,
    },
    lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    // What is sent is a record of one size already (core/e2ee).
    paddingConfig: { kind: "alwaysPad", paddingLength: 0 },
    authService: {
      async validateCredential(credential: Credential, signatureKey: Uint8Array) {
        if (credential.credentialType !== "basic") return false;
        if (options.ownerOf(credential.identity) === undefined) return false;
        return await options.accept(credential.identity, signatureKey);
      },
    },
  };
}

async function create(groupId: Uint8Array, keys: DeviceKeys, tools: Tools): Promise<Group> {
  const { publicPackage, privatePackage } = await throwawayPackage(keys, tools.suite);
  if (groupId.length === 0 || groupId.length > limits.mls.maxGroupIdBytes) {
    throw new MlsFault("policy", `A group id of ${groupId.length} bytes is not allowed`);
  }
  return new Group(
    await createGroup(groupId, publicPackage, privatePackage, [], tools.suite, tools.config),
  );
}

function restore(bytes: Uint8Array, deltas: readonly Uint8Array[], tools: Tools): Group {
  const state = deltas.reduce(applyToState, readSnapshot(bytes));
  return new Group({ ...state, clientConfig: tools.config });
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
  change: { add?: readonly Uint8Array[]; remove?: readonly number[] },
  tools: Tools,
): Promise<CommitResult> {
  const add = (change.add ?? []).map((bytes) => decodeMessage(bytes, "mls_key_package").keyPackage);
  for (const { leafNode } of add) checkLeafRules(leafNode);
  const remove = change.remove ?? [];
  judgeCommit(active(group).ratchetTree, {
    groupId: group.groupId,
    epoch: group.epoch,
    committer: group.ownLeaf,
    external: false,
    joiner: undefined,
    renewed: undefined,
    adds: add,
    removes: remove,
    confirmationTag: group.state.confirmationTag,
  }, tools.options.ownerOf);
  const extraProposals: Proposal[] = [
    ...remove.map((removed) => ({ proposalType: "remove" as const, remove: { removed } })),
    ...add.map((keyPackage) => ({ proposalType: "add" as const, add: { keyPackage } })),
  ];
  const made = await createCommit({ state: group.state, cipherSuite: tools.suite }, {
    wireAsPublicMessage: true,
    extraProposals,
    ratchetTreeExtension: true,
  });
  checkUniqueKeys(made.newState.ratchetTree);
  const result = await pending(made.newState, made.commit, tools);
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

async function process(group: Group, bytes: Uint8Array, tools: Tools): Promise<Processed> {
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

/** States that have sent: their next key is used up (trap T7). */
const spent = new WeakSet<ClientState>();

async function encrypt(
  group: Group,
  what: { plaintext: Uint8Array; aad: Uint8Array },
  tools: Tools,
): Promise<{ group: Group; message: Uint8Array }> {
  const state = active(group);
  if (spent.has(state)) {
    throw new MlsFault("spent", "This state of the group has sent a message: use the one after it");
  }
  spent.add(state);
  const made = await createApplicationMessage(state, what.plaintext, tools.suite, what.aad)
    .catch((error) => {
      spent.delete(state);
      throw error;
    });
  const { newState, privateMessage } = made;
  const message = encodeMlsMessage({
    version: "mls10",
    wireformat: "mls_private_message",
    privateMessage,
  });
  if (message.length > limits.mls.maxMessageBytes) {
    throw new MlsFault(
      "policy",
      `A message would have ${message.length} bytes: at most ${limits.mls.maxMessageBytes} are allowed`,
    );
  }
  return { group: new Group(newState), message };
}

async function decrypt(group: Group, bytes: Uint8Array, tools: Tools): Promise<Decrypted> {
  const state = active(group);
  const { privateMessage } = decodeMessage(bytes, "mls_private_message");
  const epoch = toEpoch(privateMessage.epoch);
  checkPlace(group, { groupId: privateMessage.groupId, epoch }, "message");
  if (privateMessage.contentType !== "application") {
    throw new MlsFault("policy", `Cannot take an encrypted ${privateMessage.contentType}`);
  }
  const sender = await findSender(state, privateMessage, tools.suite);
  const result = await processPrivateMessage(state, privateMessage, emptyPskIndex, tools.suite);
  if (result.kind !== "applicationMessage") {
    throw new MlsFault("policy", "An encrypted message is no application message");
  }
  return {
    group: new Group(result.newState),
    plaintext: result.message,
    aad: privateMessage.authenticatedData,
    sender,
    epoch,
  };
}

/** Refuses what is of another group or of an epoch to come (trap T10). */
function checkPlace(
  group: Group,
  given: { groupId: Uint8Array; epoch: number },
  what: string,
): void {
  if (given.groupId.toHex() !== group.groupId.toHex()) {
    throw new MlsFault("other_group", `A ${what} of group ${given.groupId.toHex()} came here`);
  }
  if (given.epoch > group.epoch) {
    throw new MlsFault(
      "future_epoch",
      `A ${what} is of epoch ${given.epoch}, ours is ${group.epoch}: fetch the commits between`,
    );
  }
}

function active(group: Group): ClientState {
  if (!group.removed && leafAt(group.state.ratchetTree, group.ownLeaf) !== undefined) {
    return group.state;
  }
  throw new MlsFault("removed", "This device is no member of the group any more");
}
