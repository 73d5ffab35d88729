import { extensionsSupportedByCapabilities } from "ts-mls/extension.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { limits } from "../limits.ts";
import { MlsFault } from "./fault.ts";
import { SUITE_NAME } from "./message_suite.ts";

/**
 * What every leaf must be, wherever it is met: members and joiners ask for the same, or a leaf that
 * only joiners refuse would close the group to them. RFC 9420 7.3.
 */
export function checkLeafRules(leaf: LeafNode): void {
  const { credential, capabilities } = leaf;
  if (credential.credentialType !== "basic") {
    throw new MlsFault("policy", `A leaf has a credential of type ${credential.credentialType}`);
  }
  checkCredential(credential.identity);
  if (
    !capabilities.credentials.includes("basic") || !capabilities.versions.includes("mls10") ||
    !capabilities.ciphersuites.includes(SUITE_NAME) ||
    !extensionsSupportedByCapabilities(leaf.extensions, capabilities)
  ) {
    throw new MlsFault(
      "policy",
      "A leaf does not say that it can read what our groups are made of",
    );
  }
}

/** @throws MlsFault `malformed` where it is longer than `limits.mls.maxCredentialBytes` */
export function checkCredential(credential: Uint8Array): void {
  if (credential.length > limits.mls.maxCredentialBytes) {
    throw new MlsFault(
      "malformed",
      `A credential has ${credential.length} bytes: at most ${limits.mls.maxCredentialBytes} are allowed`,
    );
  }
}

/**
 * No two nodes share a key (RFC 9420 7.3). The library (1.6.4) compares a new leaf with none of the
 * nodes that are there: asked of the tree after each commit.
 */
export function checkUniqueKeys(tree: RatchetTree): void {
  const seen = new Set<string>();
  for (const [at, node] of tree.entries()) {
    if (node === undefined) continue;
    const keys = node.nodeType === "leaf"
      ? [`e${node.leaf.hpkePublicKey.toHex()}`, `s${node.leaf.signaturePublicKey.toHex()}`]
      : [`e${node.parent.hpkePublicKey.toHex()}`];
    for (const key of keys) {
      if (seen.has(key)) throw new MlsFault("policy", `Node ${at} has a key of another node`);
      seen.add(key);
    }
  }
}
