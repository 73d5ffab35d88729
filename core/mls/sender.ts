import type { ClientState } from "ts-mls/clientState.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { decryptSenderData, type PrivateMessage } from "ts-mls/privateMessage.js";
import { MlsFault } from "./fault.ts";
import { type Leaf, leafAt } from "./group.ts";

/**
 * Who a message says it is of, before it is opened (trap T3), as the tree of *its* epoch has it: in
 * a later one another device may sit on that leaf (trap T4). The signature is checked on opening.
 */
export async function findSender(
  state: ClientState,
  message: PrivateMessage,
  suite: CiphersuiteImpl,
): Promise<Leaf> {
  const { tree, secretTree, senderDataSecret } = epochOf(state, message.epoch);
  const data = await decryptSenderData(message, senderDataSecret, suite);
  if (data === undefined) throw new MlsFault("malformed", "The sender of a message is unreadable");
  const sender = leafAt(tree, data.leafIndex);
  const node = secretTree[2 * data.leafIndex];
  if (sender === undefined || node === undefined) {
    throw new MlsFault("unverified", `A message is of leaf ${data.leafIndex}, which is blank`);
  }
  // Leaf numbers do not move, but after a rejoin this device's former leaf is not its own.
  if (isOwn(state, sender, message.epoch)) {
    throw new MlsFault("own_message", "The message is this device's own");
  }
  const { generation, unusedGenerations } = node.application;
  if (data.generation < generation && unusedGenerations[data.generation] === undefined) {
    throw new MlsFault("replayed", `The key of message ${data.generation} of this sender is gone`);
  }
  return sender;
}

function isOwn(state: ClientState, sender: Leaf, epoch: bigint): boolean {
  if (sender.leaf !== state.privatePath.leafIndex) return false;
  const now = leafAt(epochOf(state, epoch).tree, state.privatePath.leafIndex);
  const own = leafAt(state.ratchetTree, state.privatePath.leafIndex);
  return now !== undefined && own !== undefined &&
    now.signatureKey.toHex() === own.signatureKey.toHex();
}

function epochOf(state: ClientState, epoch: bigint) {
  if (epoch === state.groupContext.epoch) {
    return {
      tree: state.ratchetTree,
      secretTree: state.secretTree,
      senderDataSecret: state.keySchedule.senderDataSecret,
    };
  }
  const past = state.historicalReceiverData.get(epoch);
  if (past === undefined) {
    throw new MlsFault("past_epoch", `The keys of epoch ${epoch} are gone`);
  }
  return {
    tree: past.ratchetTree,
    secretTree: past.secretTree,
    senderDataSecret: past.senderDataSecret,
  };
}
