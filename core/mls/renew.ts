import type { ClientState } from "ts-mls/clientState.js";
import { MlsFault } from "./fault.ts";

/**
 * The state with another certificate on the device's own leaf: the library makes the new leaf of a
 * commit out of the one in the tree and has no other way to change it.
 */
export function withCredential(state: ClientState, credential: Uint8Array): ClientState {
  const at = 2 * state.privatePath.leafIndex;
  const node = state.ratchetTree[at];
  if (node?.nodeType !== "leaf") throw new MlsFault("removed", "This device has no leaf");
  const ratchetTree = state.ratchetTree.slice();
  ratchetTree[at] = {
    ...node,
    leaf: { ...node.leaf, credential: { credentialType: "basic", identity: credential } },
  };
  return { ...state, ratchetTree };
}

/** The state after such a commit, which remembers the epoch before it as it was. */
export function withFormerTree(after: ClientState, before: ClientState): ClientState {
  const { epoch } = before.groupContext;
  const kept = after.historicalReceiverData.get(epoch);
  if (kept === undefined) return after;
  const historicalReceiverData = new Map(after.historicalReceiverData);
  historicalReceiverData.set(epoch, { ...kept, ratchetTree: before.ratchetTree });
  return { ...after, historicalReceiverData };
}
