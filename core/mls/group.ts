import { sha256 } from "@noble/hashes/sha2.js";
import type { ClientState } from "ts-mls/clientState.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { MlsFault } from "./fault.ts";

/** A device's place in a group. */
export interface Leaf {
  readonly leaf: number;
  /** What the device's MLS credential carries: its certificate. */
  readonly credential: Uint8Array;
  /** Ed25519, 32 bytes. */
  readonly signatureKey: Uint8Array;
  /** X25519, 32 bytes: another one each time the device renews its keys in the group. */
  readonly encryptionKey: Uint8Array;
}

/**
 * A group as one device knows it, at one moment. Immutable: each step gives a new one. The old one
 * stays whole until it is dropped, so a commit that lost the race costs nothing (trap T5).
 */
export class Group {
  /** The library's state, for `core/mls` alone. */
  readonly state: ClientState;

  constructor(state: ClientState) {
    this.state = state;
  }

  get groupId(): Uint8Array {
    return this.state.groupContext.groupId;
  }

  get epoch(): number {
    return Number(this.state.groupContext.epoch);
  }

  get ownLeaf(): number {
    return this.state.privatePath.leafIndex;
  }

  /** Whether this device was removed: nothing can be sent or read any more. */
  get removed(): boolean {
    return this.state.groupActiveState.kind !== "active";
  }

  /** Equal on every member of an epoch, secret to others: what people compare. RFC 9420 8.7. */
  get authenticator(): Uint8Array {
    return this.state.keySchedule.epochAuthenticator;
  }

  /** What the receipt of the commit that began this epoch names, see `authHashOf`. */
  get authHash(): Uint8Array {
    return authHashOf(this.state.confirmationTag);
  }

  leaves(): Leaf[] {
    return leavesOf(this.state.ratchetTree);
  }
}

/**
 * SHA-256 of an epoch's confirmation tag: two epochs with the same number but other secrets differ
 * in it (trap T9), and a server that holds no secret can compute it.
 */
export function authHashOf(confirmationTag: Uint8Array): Uint8Array {
  return sha256(confirmationTag);
}

export function leavesOf(tree: RatchetTree): Leaf[] {
  const found: Leaf[] = [];
  for (let at = 0; at < tree.length; at += 2) {
    const node = tree[at];
    if (node?.nodeType === "leaf") found.push(toLeaf(at / 2, node.leaf));
  }
  return found;
}

/** The leaf of this number in that tree, or undefined where it is blank or beyond the tree. */
export function leafAt(tree: RatchetTree, leaf: number): Leaf | undefined {
  const node = tree[2 * leaf];
  return node?.nodeType === "leaf" ? toLeaf(leaf, node.leaf) : undefined;
}

export function toLeaf(leaf: number, node: LeafNode): Leaf {
  if (node.credential.credentialType !== "basic") {
    throw new MlsFault(
      "policy",
      `Leaf ${leaf} has a credential of type ${node.credential.credentialType}: basic is expected`,
    );
  }
  return {
    leaf,
    credential: node.credential.identity,
    signatureKey: node.signaturePublicKey,
    encryptionKey: node.hpkePublicKey,
  };
}
