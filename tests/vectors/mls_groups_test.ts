import assert from "node:assert/strict";
import { type ClientState, joinGroup, makePskIndex } from "ts-mls/clientState.js";
import { type ClientConfig, defaultClientConfig } from "ts-mls/clientConfig.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import type { LeafNodeKeyPackage } from "ts-mls/leafNode.js";
import { decodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import { processPrivateMessage, processPublicMessage } from "ts-mls/processMessages.js";
import { decodeProposal } from "ts-mls/proposal.js";
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  updateLeafNode,
} from "ts-mls/ratchetTree.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { bytesToBase64 } from "ts-mls/util/byteArray.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";
import { decodeMessage } from "../../core/mls/decode_message.ts";
import { MlsFault } from "../../core/mls/fault.ts";
import { joinByWelcome, type Joining } from "../../core/mls/join.ts";
import { makeSuite } from "../../core/mls/suite.ts";
import { checkTreeShape } from "../../core/mls/tree.ts";
import { findBadParent, hashTree, rootOf } from "../../core/mls/tree_hash.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { readVectors, vectorTest } from "../harness/vectors.ts";

type Fields<Names extends string> = Readonly<Record<Names, string>>;

const hex = (text: string) => Uint8Array.fromHex(text);
const suite = await makeSuite(seededRng(1));

async function ofOurSuite<T extends { cipher_suite: number }>(folder: string, name: string) {
  const vectors = (await readVectors<T[]>(folder, `mls/${name}.json`))
    .filter((vector) => vector.cipher_suite === 1);
  assert.ok(vectors.length > 0, `${name}.json has none of suite 1`);
  return vectors;
}

function readTree(text: string): RatchetTree {
  return decodeRatchetTree(hex(text), 0)![0];
}

vectorTest("RFC 9420: a Welcome opens, and what it carries is signed", async (folder) => {
  const vectors = await ofOurSuite<
    { cipher_suite: number } & Fields<"init_priv" | "signer_pub" | "key_package" | "welcome">
  >(folder, "welcome");
  for (const vector of vectors) {
    const { keyPackage } = decodeMessage(hex(vector.key_package), "mls_key_package");
    const { welcome } = decodeMessage(hex(vector.welcome), "mls_welcome");
    const ref = await makeKeyPackageRef(keyPackage, suite.hash);
    const key = await suite.hpke.importPrivateKey(hex(vector.init_priv));
    const secrets = await decryptGroupSecrets(key, ref, welcome, suite.hpke);
    const noPsk = new Uint8Array(suite.kdf.size);
    const info = await decryptGroupInfo(welcome, secrets!.joinerSecret, noPsk, suite);
    assert.ok(await verifyGroupInfoSignature(info!, hex(vector.signer_pub), suite.signature));
    assert.ok(await verifyGroupInfoConfirmationTag(info!, secrets!.joinerSecret, noPsk, suite));
  }
}, { needs: "mls/welcome.json" });

vectorTest(
  "RFC 9420: trees have the hashes they should, parents and leaves hold",
  async (folder) => {
    const vectors = await ofOurSuite<
      { cipher_suite: number; tree_hashes: string[] } & Fields<"tree" | "group_id">
    >(folder, "tree-validation");
    for (const [at, vector] of vectors.entries()) {
      const tree = readTree(vector.tree);
      checkTreeShape(tree);
      const hashes = hashTree(tree);
      assert.deepEqual(hashes.map((hash) => hash.toHex()), vector.tree_hashes, `tree ${at}`);
      assert.equal(findBadParent(tree, hashes), undefined, `tree ${at}`);
      for (const [index, node] of tree.entries()) {
        if (node?.nodeType !== "leaf") continue;
        const { leaf } = node;
        const signed = leaf.leafNodeSource === "key_package"
          ? await verifyLeafNodeSignatureKeyPackage(leaf as LeafNodeKeyPackage, suite.signature)
          : await verifyLeafNodeSignature(leaf, hex(vector.group_id), index / 2, suite.signature);
        assert.ok(signed, `tree ${at}, node ${index}`);
      }
    }
  },
  { needs: "mls/tree-validation.json" },
);

vectorTest("RFC 9420: what adds, updates and removals make of a tree", async (folder) => {
  const vectors = await ofOurSuite<
    & { cipher_suite: number; proposal_sender: number }
    & Fields<"tree_before" | "proposal" | "tree_hash_before" | "tree_after" | "tree_hash_after">
  >(folder, "tree-operations");
  for (const [at, vector] of vectors.entries()) {
    const before = readTree(vector.tree_before);
    assert.equal(hashTree(before)[rootOf(before)]!.toHex(), vector.tree_hash_before);
    const proposal = decodeProposal(hex(vector.proposal), 0)![0];
    let after = before;
    if (proposal.proposalType === "add") {
      [after] = addLeafNode(before, proposal.add.keyPackage.leafNode);
    } else if (proposal.proposalType === "update") {
      const sender = toLeafIndex(vector.proposal_sender);
      after = updateLeafNode(before, proposal.update.leafNode, sender);
    } else if (proposal.proposalType === "remove") {
      after = removeLeafNode(before, toLeafIndex(proposal.remove.removed));
    } else assert.fail(`operation ${at} is of type ${proposal.proposalType}`);
    assert.equal(encodeRatchetTree(after).toHex(), vector.tree_after, `operation ${at}`);
    assert.equal(hashTree(after)[rootOf(after)]!.toHex(), vector.tree_hash_after);
  }
}, { needs: "mls/tree-operations.json" });

interface PassiveClient {
  readonly cipher_suite: number;
  readonly external_psks: readonly Fields<"psk_id" | "psk">[];
  readonly key_package: string;
  readonly signature_priv: string;
  readonly encryption_priv: string;
  readonly init_priv: string;
  readonly welcome: string;
  readonly ratchet_tree: string | null;
  readonly initial_epoch_authenticator: string;
  readonly epochs: readonly {
    readonly proposals: readonly string[];
    readonly commit: string;
    readonly epoch_authenticator: string;
  }[];
}

const CONFIG: ClientConfig = {
  ...defaultClientConfig,
  authService: { validateCredential: () => Promise.resolve(true) },
};

/**
 * Joins by our own way in, or, for what our groups do not have (pre-shared keys, extensions, a tree
 * beside the Welcome), by the library's.
 */
async function joinPassively(
  vector: PassiveClient,
): Promise<{ state: ClientState; ours: boolean }> {
  const joining: Joining = {
    keyPackage: decodeMessage(hex(vector.key_package), "mls_key_package").keyPackage,
    keys: {
      initPrivateKey: hex(vector.init_priv),
      hpkePrivateKey: hex(vector.encryption_priv),
      signaturePrivateKey: hex(vector.signature_priv),
    },
    suite,
    config: CONFIG,
  };
  const { welcome } = decodeMessage(hex(vector.welcome), "mls_welcome");
  try {
    return { state: await joinByWelcome(welcome, joining), ours: true };
  } catch (error) {
    const foreign = /pre-shared keys|with extensions|carries no tree|made of/;
    if (!(error instanceof MlsFault) || !foreign.test(error.message)) throw error;
  }
  const state = await joinGroup(
    welcome,
    joining.keyPackage,
    joining.keys,
    makePskIndex(undefined, psksOf(vector)),
    suite,
    vector.ratchet_tree === null ? undefined : readTree(vector.ratchet_tree),
    undefined,
    CONFIG,
  );
  return { state, ours: false };
}

async function take(
  state: ClientState,
  message: MLSMessage,
  psks: Record<string, Uint8Array>,
): Promise<ClientState> {
  const index = makePskIndex(state, psks);
  if (message.wireformat === "mls_private_message") {
    return (await processPrivateMessage(state, message.privateMessage, index, suite)).newState;
  }
  assert.ok(message.wireformat === "mls_public_message");
  return (await processPublicMessage(state, message.publicMessage, index, suite)).newState;
}

function psksOf(vector: PassiveClient): Record<string, Uint8Array> {
  return Object.fromEntries(
    vector.external_psks.map((psk) => [bytesToBase64(hex(psk.psk_id)), hex(psk.psk)]),
  );
}

for (const name of ["welcome", "handling-commit", "random"]) {
  const file = `passive-client-${name}`;
  vectorTest(`RFC 9420: a silent member follows a group (${name})`, async (folder) => {
    let ours = 0;
    for (const [at, vector] of (await ofOurSuite<PassiveClient>(folder, file)).entries()) {
      const joined = await joinPassively(vector);
      ours += joined.ours ? 1 : 0;
      let { state } = joined;
      const check = (expected: string, where: string) =>
        assert.equal(state.keySchedule.epochAuthenticator.toHex(), expected, where);
      check(vector.initial_epoch_authenticator, `case ${at}`);
      for (const [number, epoch] of vector.epochs.entries()) {
        for (const bytes of [...epoch.proposals, epoch.commit]) {
          state = await take(state, decodeMlsMessage(hex(bytes), 0)![0], psksOf(vector));
        }
        check(epoch.epoch_authenticator, `case ${at}, epoch ${number}`);
      }
    }
    assert.ok(ours > 0, "none of the cases came in by our own way");
  }, { needs: `mls/${file}.json` });
}
