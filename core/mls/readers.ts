import { sha256 } from "@noble/hashes/sha2.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { ciphersuites } from "ts-mls/crypto/ciphersuite.js";
import { type GroupInfo, ratchetTreeFromExtension } from "ts-mls/groupInfo.js";
import { type KeyPackage, keyPackageEncoder } from "ts-mls/keyPackage.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { readCommitContent } from "./commit_content.ts";
import { toEpoch } from "./decode.ts";
import { decodeMessage } from "./decode_message.ts";
import { MlsFault, toFault } from "./fault.ts";
import { authHashOf, type Leaf, leavesOf, toLeaf } from "./group.ts";
import { checkCredential, checkLeafRules } from "./leaf_rules.ts";
import { checkTreeShape } from "./tree.ts";

/** What a key package says of its device. Its signatures are not checked by reading it. */
export interface KeyPackageFacts {
  /** RFC 9420 5.2: what a Welcome names it by. 32 bytes. */
  readonly ref: Uint8Array;
  readonly credential: Uint8Array;
  readonly signatureKey: Uint8Array;
  /** Of the leaf that it makes. */
  readonly encryptionKey: Uint8Array;
  /** Number of its suite. */
  readonly suite: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** May be used more than once, when all others are gone. */
  readonly lastResort: boolean;
}

/** What a public commit says. The server reads it without any secret. */
export interface CommitFacts {
  readonly groupId: Uint8Array;
  /** The epoch it ends. */
  readonly epoch: number;
  /** Leaf number of the committer, undefined for an external commit. */
  readonly committer: number | undefined;
  /** Whether its sender comes in by it, as no member or in place of its own former leaf. */
  readonly external: boolean;
  /** Of an external commit. `leaf` is not known before it is applied. */
  readonly joiner: Omit<Leaf, "leaf"> | undefined;
  readonly adds: readonly KeyPackageFacts[];
  readonly removes: readonly number[];
  /** SHA-256 of the commit: 32 bytes. */
  readonly hash: Uint8Array;
  /** Tells the epoch that it begins from every other, see `authHashOf`. */
  readonly authHash: Uint8Array;
}

export interface GroupInfoFacts {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly suite: number;
  readonly leaves: readonly Leaf[];
  /** Leaf number of the device that signed it. */
  readonly signer: number;
  readonly authHash: Uint8Array;
}

/** Number of the extension that marks a package of last resort. RFC 9420 17.3. */
export const LAST_RESORT = 0x000a;

/** What a server may know of a key package, without a secret. @throws MlsFault `malformed` and those of the leaf rules */
export function readKeyPackage(bytes: Uint8Array): KeyPackageFacts {
  return keyPackageFacts(decodeMessage(bytes, "mls_key_package").keyPackage);
}

export function keyPackageFacts(given: KeyPackage): KeyPackageFacts {
  const leaf = toLeaf(0, given.leafNode);
  checkLeafRules(given.leafNode);
  return {
    ref: keyPackageRef(encode(keyPackageEncoder)(given)),
    credential: leaf.credential,
    signatureKey: leaf.signatureKey,
    encryptionKey: leaf.encryptionKey,
    suite: ciphersuites[given.cipherSuite],
    notBeforeMs: toMs(given.leafNode.lifetime.notBefore),
    notAfterMs: toMs(given.leafNode.lifetime.notAfter),
    lastResort: given.extensions.some((extension) => extension.extensionType === LAST_RESORT),
  };
}

/** Everything the server must know of a commit, or `malformed` or `policy`. */
export function readCommit(bytes: Uint8Array): CommitFacts {
  const content = readCommitContent(decodeMessage(bytes, "mls_public_message").publicMessage);
  const { joiner } = content;
  return {
    groupId: content.groupId,
    epoch: content.epoch,
    committer: content.committer,
    external: content.external,
    joiner: joiner && {
      credential: joiner.credential,
      signatureKey: joiner.signatureKey,
      encryptionKey: joiner.encryptionKey,
    },
    adds: content.adds.map(keyPackageFacts),
    removes: content.removes,
    hash: sha256(bytes),
    authHash: authHashOf(content.confirmationTag),
  };
}

/** A group's info with its tree. Signature and tree hash are not checked by reading it. */
export function readGroupInfo(bytes: Uint8Array): GroupInfoFacts {
  const { groupInfo } = decodeMessage(bytes, "mls_group_info");
  const tree = treeOf(groupInfo);
  const leaves = leavesOf(tree);
  for (const leaf of leaves) checkCredential(leaf.credential);
  return {
    groupId: groupInfo.groupContext.groupId,
    epoch: toEpoch(groupInfo.groupContext.epoch),
    suite: ciphersuites[groupInfo.groupContext.cipherSuite],
    leaves,
    signer: groupInfo.signer,
    authHash: authHashOf(groupInfo.confirmationTag),
  };
}

/** References of the key packages that a Welcome is for. */
export function readWelcome(bytes: Uint8Array): { readonly refs: readonly Uint8Array[] } {
  const { welcome } = decodeMessage(bytes, "mls_welcome");
  return { refs: welcome.secrets.map((secret) => secret.newMember) };
}

/** Where a message belongs; who wrote it only members can tell. */
export function readMessage(bytes: Uint8Array): { groupId: Uint8Array; epoch: number } {
  const { privateMessage } = decodeMessage(bytes, "mls_private_message");
  return { groupId: privateMessage.groupId, epoch: toEpoch(privateMessage.epoch) };
}

/** The tree of a group's info, its shape checked. */
export function treeOf(info: GroupInfo): RatchetTree {
  let tree: RatchetTree | undefined;
  try {
    tree = ratchetTreeFromExtension(info);
  } catch (error) {
    throw new MlsFault("malformed", toFault("read the tree of a group's info", error).message);
  }
  if (tree === undefined) throw new MlsFault("malformed", "The group's info carries no tree");
  checkTreeShape(tree);
  return tree;
}

const REF_LABEL = new TextEncoder().encode("MLS 1.0 KeyPackage Reference");

/** `RefHash` of RFC 9420 5.2. */
function keyPackageRef(encoded: Uint8Array): Uint8Array {
  const length = encoded.length < 64
    ? [encoded.length]
    : [0x40 | encoded.length >> 8, encoded.length & 0xff];
  return sha256(new Uint8Array([REF_LABEL.length, ...REF_LABEL, ...length, ...encoded]));
}

function toMs(seconds: bigint): number {
  const ms = seconds * 1000n;
  return ms > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(ms);
}
