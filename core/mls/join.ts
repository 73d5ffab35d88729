import type { ClientConfig } from "ts-mls/clientConfig.js";
import type { ClientState } from "ts-mls/clientState.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import {
  type GroupInfo,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from "ts-mls/groupInfo.js";
import type { GroupSecrets } from "ts-mls/groupSecrets.js";
import { type KeyPackage, makeKeyPackageRef, type PrivateKeyPackage } from "ts-mls/keyPackage.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { findLeafIndex, type RatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { leafToNodeIndex, leafWidth, toLeafIndex } from "ts-mls/treemath.js";
import { firstCommonAncestor } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "ts-mls/welcome.js";
import { checkTree } from "./check_tree.ts";
import { MlsFault } from "./fault.ts";
import { leafAt } from "./group.ts";
import { treeOf } from "./readers.ts";

export interface Joining {
  readonly keyPackage: KeyPackage;
  readonly keys: PrivateKeyPackage;
  readonly suite: CiphersuiteImpl;
  readonly config: ClientConfig;
}

/**
 * Takes a Welcome, in the order of RFC 9420 12.4.3.1, with the library's parts. Its own `joinGroup`
 * is not used because of the tree check in it (traps T15 and T16, see `checkTree`).
 */
export async function joinByWelcome(welcome: Welcome, joining: Joining): Promise<ClientState> {
  const { keyPackage, keys, suite, config } = joining;
  const secrets = await openSecrets(welcome, joining);
  const noPsk = new Uint8Array(suite.kdf.size);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
  if (info === undefined) throw new MlsFault("malformed", "A Welcome carries no group info");
  const tree = await checkGroupInfo(info, joining);
  const own = findLeafIndex(tree, keyPackage.leafNode);
  if (own === undefined) {
    throw new MlsFault("unverified", "A Welcome's tree does not hold the leaf of its key package");
  }
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(
    secrets.joinerSecret,
    noPsk,
    info.groupContext,
    suite.kdf,
  );
  if (!await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, suite)) {
    throw new MlsFault("unverified", "A Welcome's confirmation tag does not fit its secrets");
  }
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, suite.kdf);
  const state: ClientState = {
    groupContext: info.groupContext,
    ratchetTree: tree,
    privatePath: await openPath({ tree, own, signer: info.signer }, secrets, joining),
    signaturePrivateKey: keys.signaturePrivateKey,
    confirmationTag: info.confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
    clientConfig: config,
  };
  zeroOutUint8Array(encryptionSecret);
  zeroOutUint8Array(secrets.joinerSecret);
  return state;
}

async function openSecrets(welcome: Welcome, joining: Joining): Promise<GroupSecrets> {
  const { keyPackage, keys, suite } = joining;
  if (welcome.cipherSuite !== suite.name) {
    throw new MlsFault("policy", `Cannot join a group of suite ${welcome.cipherSuite}`);
  }
  const ref = await makeKeyPackageRef(keyPackage, suite.hash);
  const key = await suite.hpke.importPrivateKey(keys.initPrivateKey);
  const secrets = await decryptGroupSecrets(key, ref, welcome, suite.hpke);
  if (secrets === undefined) throw new MlsFault("malformed", "A Welcome's secrets cannot be read");
  if (secrets.psks.length > 0) {
    throw new MlsFault("policy", "A Welcome asks for pre-shared keys: our groups have none");
  }
  return secrets;
}

/** The tree of a group's info that may be joined: its signer, its suite and all of its tree hold. */
export async function checkGroupInfo(
  info: GroupInfo,
  joining: Pick<Joining, "suite" | "config">,
): Promise<RatchetTree> {
  const { suite, config } = joining;
  const context = info.groupContext;
  checkContext(context, suite);
  const tree = treeOf(info);
  const signer = leafAt(tree, info.signer);
  if (signer === undefined) {
    throw new MlsFault(
      "malformed",
      `A group's info is signed by leaf ${info.signer}, which is blank`,
    );
  }
  if (!await verifyGroupInfoSignature(info, signer.signatureKey, suite.signature)) {
    throw new MlsFault("unverified", `A group's info is not signed by leaf ${info.signer}`);
  }
  await checkTree(tree, context, { auth: config.authService, suite });
  return tree;
}

/** Our groups are of one suite and have no extensions. */
export function checkContext(context: GroupContext, suite: CiphersuiteImpl): void {
  if (context.cipherSuite !== suite.name) {
    throw new MlsFault("policy", `Cannot take a group of suite ${context.cipherSuite}`);
  }
  if (context.extensions.length > 0) {
    throw new MlsFault("policy", "Cannot take a group with extensions: our groups have none");
  }
}

/** The private keys that a joiner has at first: its own, and those that its inviter's path gives. */
async function openPath(
  at: { tree: RatchetTree; own: number; signer: number },
  secrets: GroupSecrets,
  joining: Joining,
): Promise<ClientState["privatePath"]> {
  const { suite, keys } = joining;
  const own = toLeafIndex(at.own);
  const leafOnly = {
    leafIndex: own,
    privateKeys: { [leafToNodeIndex(own)]: keys.hpkePrivateKey },
  };
  if (secrets.pathSecret === undefined) return leafOnly;
  const ancestor = firstCommonAncestor(at.tree, own, toLeafIndex(at.signer));
  const path = await pathToRoot(at.tree, ancestor, secrets.pathSecret, suite.kdf);
  return mergePrivateKeyPaths(await toPrivateKeyPath(path, own, suite), leafOnly);
}
