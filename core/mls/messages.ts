import type { ClientState } from "ts-mls/clientState.js";
import type { EpochReceiverData } from "ts-mls/epochReceiverData.js";
import { protectApplicationData, unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import type { PrivateMessage } from "ts-mls/privateMessage.js";
import { limits } from "../limits.ts";
import { toEpoch } from "./decode.ts";
import { MlsFault } from "./fault.ts";
import { Group, type Leaf } from "./group.ts";
import { findSender } from "./sender.ts";
import { readPrivateMessage, writePrivateMessage } from "./private_message.ts";
import { active, checkPlace, type Tools } from "./tools.ts";

export interface Decrypted {
  readonly group: Group;
  readonly plaintext: Uint8Array;
  readonly aad: Uint8Array;
  /** As the tree of the message's epoch has it (trap T4). */
  readonly sender: Leaf;
  readonly epoch: number;
}

/**
 * Messages of a group with the library's parts for them. Its own `createApplicationMessage` and
 * `processPrivateMessage` do the same to a message, and bring all that handles commits along.
 */

/** States that have sent: their next key is used up (trap T7). */
const spent = new WeakSet<ClientState>();

/**
 * A PrivateMessage of this epoch, and the group after it, which is to be stored before the message
 * leaves. `aad` is authenticated and not hidden.
 * @throws MlsFault `spent` where this state of the group has sent already, `removed`
 */
export async function encrypt(
  group: Group,
  what: { plaintext: Uint8Array; aad: Uint8Array },
  tools: Tools,
): Promise<{ group: Group; message: Uint8Array }> {
  const state = active(group);
  if (spent.has(state)) {
    throw new MlsFault("spent", "This state of the group has sent a message: use the one after it");
  }
  spent.add(state);
  const made = await seal(state, what, tools).catch((error) => {
    spent.delete(state);
    throw error;
  });
  const message = writePrivateMessage(made.privateMessage);
  if (message.length > limits.mls.maxMessageBytes) {
    throw new MlsFault(
      "policy",
      `A message would have ${message.length} bytes: at most ${limits.mls.maxMessageBytes} are allowed`,
    );
  }
  return { group: new Group({ ...state, secretTree: made.newSecretTree }), message };
}

async function seal(
  state: ClientState,
  { plaintext, aad }: { plaintext: Uint8Array; aad: Uint8Array },
  { suite }: Tools,
) {
  if (Object.keys(state.unappliedProposals).length > 0) {
    throw new MlsFault("policy", "A message cannot be sent while a proposal waits");
  }
  return await protectApplicationData(
    state.signaturePrivateKey,
    state.keySchedule.senderDataSecret,
    plaintext,
    aad,
    state.groupContext,
    state.secretTree,
    state.privatePath.leafIndex,
    state.clientConfig.paddingConfig,
    suite,
  );
}

/**
 * Opens a PrivateMessage, once; those of an epoch that is still kept may come in any order.
 * @throws MlsFault `other_group`, `policy`, `too_far`, `unverified` and others of `findSender`
 */
export async function decrypt(group: Group, bytes: Uint8Array, tools: Tools): Promise<Decrypted> {
  const state = active(group);
  const privateMessage = readPrivateMessage(bytes);
  const epoch = toEpoch(privateMessage.epoch);
  checkPlace(group, { groupId: privateMessage.groupId, epoch }, "message");
  if (privateMessage.contentType !== "application") {
    throw new MlsFault("policy", `Cannot take an encrypted ${privateMessage.contentType}`);
  }
  const sender = await findSender(state, privateMessage, tools.suite);
  const { plaintext, newState } = await unseal(state, privateMessage, tools);
  return {
    group: new Group(newState),
    plaintext,
    aad: privateMessage.authenticatedData,
    sender,
    epoch,
  };
}

/** The message opened with its own epoch's keys, one of which is gone in the state after it. */
async function unseal(
  state: ClientState,
  message: PrivateMessage,
  { suite, config }: Tools,
): Promise<{ plaintext: Uint8Array; newState: ClientState }> {
  const past = message.epoch === state.groupContext.epoch
    ? undefined
    : state.historicalReceiverData.get(message.epoch);
  const at: Omit<EpochReceiverData, "resumptionPsk"> = past ?? {
    ...state,
    senderDataSecret: state.keySchedule.senderDataSecret,
  };
  const { content: { content }, tree } = await unprotectPrivateMessage(
    at.senderDataSecret,
    message,
    at.secretTree,
    at.ratchetTree,
    at.groupContext,
    config.keyRetentionConfig,
    suite,
  );
  if (content.contentType !== "application") {
    throw new MlsFault("policy", "An encrypted message is no application message");
  }
  const plaintext = content.applicationData;
  if (past === undefined) return { plaintext, newState: { ...state, secretTree: tree } };
  const historicalReceiverData = new Map(state.historicalReceiverData);
  historicalReceiverData.set(message.epoch, { ...past, secretTree: tree });
  return { plaintext, newState: { ...state, historicalReceiverData } };
}
