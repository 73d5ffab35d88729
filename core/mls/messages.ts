import type { ClientState } from "ts-mls/clientState.js";
import { createApplicationMessage } from "ts-mls/createMessage.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { limits } from "../limits.ts";
import { decodeMessage, toEpoch } from "./decode.ts";
import { MlsFault } from "./fault.ts";
import { Group, type Leaf } from "./group.ts";
import { findSender } from "./sender.ts";
import { active, checkPlace, type Tools } from "./tools.ts";

export interface Decrypted {
  readonly group: Group;
  readonly plaintext: Uint8Array;
  readonly aad: Uint8Array;
  /** As the tree of the message's epoch has it (trap T4). */
  readonly sender: Leaf;
  readonly epoch: number;
}

/** States that have sent: their next key is used up (trap T7). */
const spent = new WeakSet<ClientState>();

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

export async function decrypt(group: Group, bytes: Uint8Array, tools: Tools): Promise<Decrypted> {
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
