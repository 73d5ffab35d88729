import assert from "node:assert/strict";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import {
  LIFE,
  makeDeviceKeys,
  makeMls,
  openRoom,
  ownerOf,
} from "../../tests/harness/mls_people.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { limits } from "../limits.ts";
import type { CommitContent } from "./commit_content.ts";
import { decodeMessage } from "./decode_message.ts";
import { judgeCommit } from "./policy.ts";

/** A tree of this many leaves, each of a device of its own: only owners matter here. */
async function treeOfLeaves(count: number): Promise<RatchetTree> {
  const { groups } = await openRoom(1, 1);
  const [node] = groups[0]!.state.ratchetTree;
  if (node?.nodeType !== "leaf") throw new Error("The founder has no leaf");
  const tree: RatchetTree = new Array(2 * limits.mls.maxLeaves - 1).fill(undefined);
  for (let leaf = 0; leaf < count; leaf++) {
    const identity = new TextEncoder().encode(`@${leaf}/A/key`);
    const credential = { credentialType: "basic" as const, identity };
    tree[2 * leaf] = { ...node, leaf: { ...node.leaf, credential } };
  }
  return tree;
}

/** A commit that adds one device. */
async function addOne(): Promise<CommitContent> {
  const rng = seededRng(2);
  const mls = await makeMls(rng);
  const { publicBytes } = await mls.keyPackage(await makeDeviceKeys(rng, "@new", "A"), LIFE);
  return {
    groupId: new Uint8Array(),
    epoch: 1,
    committer: 0,
    external: false,
    joiner: undefined,
    renewed: undefined,
    adds: [decodeMessage(publicBytes, "mls_key_package").keyPackage],
    removes: [],
    confirmationTag: new Uint8Array(),
  };
}

Deno.test("a group takes its last device and refuses one more, unless another goes", async () => {
  const { maxMembers } = limits.mls;
  const full = await treeOfLeaves(maxMembers);
  const refusal = { reason: "policy", message: /501 devices: at most 500 are allowed/ };
  const one = await addOne();
  assert.throws(() => judgeCommit(full, one, ownerOf), refusal);
  assert.equal(judgeCommit(full, { ...one, removes: [7] }, ownerOf).removed[0]?.leaf, 7);
  const twice = { ...one, removes: [7, 7] };
  assert.throws(() => judgeCommit(full, twice, ownerOf), { message: /removes a leaf twice/ });
  const room = await treeOfLeaves(maxMembers - 1);
  assert.equal(judgeCommit(room, one, ownerOf).added.length, 1);
});
