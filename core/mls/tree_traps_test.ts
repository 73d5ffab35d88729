import assert from "node:assert/strict";
import { validateRatchetTree } from "ts-mls/clientState.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { verifyParentHashes } from "ts-mls/parentHash.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import lock from "../../deno.lock" with { type: "text" };
import {
  commitAnything,
  forgeExternal,
  infoWithTree,
  withUnmerged,
} from "../../tests/harness/mls_hostile.ts";
import {
  LIFE,
  makeDeviceKeys,
  type MlsRoom,
  openRoom,
  takeAll,
} from "../../tests/harness/mls_people.ts";
import { decodeMessage } from "./decode_message.ts";
import { readGroupInfo } from "./readers.ts";
import { makeSuite } from "./suite.ts";
import { findBadParent, hashTree, rootOf } from "./tree_hash.ts";

Deno.test("join and external join stand in for those of exactly this version of the library", () => {
  // Another version? Compare its joinGroup, joinGroupExternal and validateRatchetTree with
  // join.ts, external_join.ts and check_tree.ts, and see which traps are still there.
  assert.match(lock, /"npm:ts-mls@1\.6\.4": "1\.6\.4_/);
});

/**
 * A group of 8 whose root was renewed from its right half after a device had come into the left
 * one: the node above the newcomer lists it as unmerged, the root does not any more. RFC 9420 4.1.
 */
async function openUneven(seed: number): Promise<MlsRoom> {
  const room = await openRoom(seed, 8);
  const { mls, rng } = room;
  const step = async (by: number, change: Parameters<typeof mls.commit>[1]) => {
    const made = await mls.commit(room.groups[by]!, change);
    await takeAll(room, by, made);
    return made;
  };
  await step(0, { remove: [1] });
  room.groups.splice(1, 1);
  await step(0, {});
  const come = await mls.keyPackage(await makeDeviceKeys(rng, "@new", "A"), LIFE);
  await step(0, { add: [come.publicBytes] });
  await step(4, {});
  return room;
}

Deno.test("T15: a newcomer joins a tree whose unmerged leaves differ from node to node", async () => {
  const room = await openUneven(1);
  const { mls, rng, groups } = room;
  const suite = await makeSuite(rng);
  const { ratchetTree, groupContext, clientConfig } = groups[0]!.state;
  const verdict = await validateRatchetTree(
    ratchetTree,
    groupContext,
    clientConfig.lifetimeConfig,
    clientConfig.authService,
    groupContext.treeHash,
    suite,
  );
  assert.match(verdict?.message ?? "", /must list leaf node/, "the library refuses this tree");

  const keys = await makeDeviceKeys(rng, "@late", "A");
  const late = await mls.keyPackage(keys, LIFE);
  const made = await mls.commit(groups[0]!, { add: [late.publicBytes] });
  const joined = await mls.join(made.welcome!, late, keys);
  assert.deepEqual(joined.authenticator, made.group.authenticator);
  const outside = await makeDeviceKeys(rng, "@outside", "A");
  const come = await mls.externalJoin(made.groupInfo, outside, { resync: false });
  const seen = await mls.process(joined, come.commit);
  assert.deepEqual(seen.group.authenticator, come.group.authenticator);
});

Deno.test("T15: a node between that does not list the leaf is refused all the same", async () => {
  const room = await openUneven(2);
  const { mls, rng, groups } = room;
  const info = await infoWithTree(groups[0]!, (tree) => {
    const top = rootOf(tree);
    const node = tree[top];
    if (node?.nodeType !== "parent") throw new Error("The root is blank");
    const changed = tree.slice();
    // Leaf 5 is merged everywhere below the root: the root alone cannot say that it is not.
    changed[top] = { ...node, parent: { ...node.parent, unmergedLeaves: [5] } };
    return changed;
  }, rng);
  const keys = await makeDeviceKeys(rng, "@outside", "A");
  await assert.rejects(mls.externalJoin(info, keys, { resync: false }), {
    reason: "malformed",
    message: /does not list leaf 5/,
  });
});

Deno.test("T16: leaf numbers beyond the tree are refused before anything follows them", async () => {
  const room = await openRoom(3, 4);
  const { mls, rng, groups } = room;
  await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  const keys = await makeDeviceKeys(rng, "@outside", "A");
  const info = await mls.groupInfo(groups[0]!);
  const come = await mls.externalJoin(info, keys, { resync: false });
  for (const removed of [4, 5, 511, 5000, 2 ** 31, 2 ** 32 - 1]) {
    const commit = await forgeExternal(come.commit, [{
      proposalOrRefType: "proposal",
      proposal: { proposalType: "remove", remove: { removed } },
    }], { before: groups[0]!, keys, rng });
    await assert.rejects(mls.process(groups[0]!, commit), {
      reason: "policy",
      message: /removes leaf \d+, which is blank or beyond the tree/,
    });
    await assert.rejects(mls.commit(groups[0]!, { remove: [removed] }), { reason: "policy" });
  }
});

Deno.test("T16: a tree that lists leaves beyond itself is refused by whoever is to join it", async () => {
  const room = await openRoom(4, 4);
  const { mls, rng, groups } = room;
  await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  const keys = await makeDeviceKeys(rng, "@outside", "A");
  const late = await mls.keyPackage(keys, LIFE);
  for (const unmerged of [[4], [5000], [2 ** 32 - 1], [3], [1, 0], [1, 1]]) {
    const spoil = (tree: RatchetTree) => withUnmerged(tree, unmerged);
    const info = await infoWithTree(groups[0]!, spoil, rng);
    const what = `unmerged leaves ${unmerged}`;
    await assert.rejects(mls.externalJoin(info, keys, { resync: false }), {
      reason: "malformed",
    }, what);
    assert.throws(() => readGroupInfo(info), { reason: "malformed" }, what);
    const { state } = groups[0]!;
    const { keyPackage } = decodeMessage(late.publicBytes, "mls_key_package");
    const spoiled = await commitAnything(
      { ...state, ratchetTree: spoil(state.ratchetTree) },
      [{ proposalType: "add", add: { keyPackage } }],
      rng,
    );
    await assert.rejects(mls.join(spoiled.welcome!, late, keys), { reason: "malformed" }, what);
  }
});

Deno.test("T16: coming back where one never was is refused, coming in where one is, too", async () => {
  const { mls, rng, groups, keys } = await openRoom(5, 2);
  const info = await mls.groupInfo(groups[0]!);
  const stranger = await makeDeviceKeys(rng, "@stranger", "A");
  await assert.rejects(mls.externalJoin(info, stranger, { resync: true }), {
    reason: "policy",
    message: /no leaf in it/,
  });
  await assert.rejects(mls.externalJoin(info, keys[1]!, { resync: false }), {
    reason: "policy",
    message: /in it as leaf 1/,
  });
});

Deno.test("T14: trees are hashed as the library does, and a wrong parent hash is found", async () => {
  const room = await openUneven(6);
  const { mls, rng, groups } = room;
  const suite = await makeSuite(rng);
  for (let round = 0; round < 12; round++) {
    const by = rng.below(groups.length);
    const taken = groups.map((group) => group.ownLeaf);
    const gone = groups[by]!.leaves().find((leaf) => !taken.includes(leaf.leaf));
    const change = round % 3 === 0
      ? {
        add: [
          (await mls.keyPackage(await makeDeviceKeys(rng, `@${round}`, "B"), LIFE)).publicBytes,
        ],
      }
      : round % 3 === 1 || gone === undefined
      ? {}
      : { remove: [gone.leaf] };
    await takeAll(room, by, await mls.commit(groups[by]!, change));
    const { ratchetTree: tree } = groups[0]!.state;
    const hashes = hashTree(tree);
    assert.deepEqual(hashes[rootOf(tree)], await treeHashRoot(tree, suite.hash));
    assert.equal(await verifyParentHashes(tree, suite.hash), true);
    assert.equal(findBadParent(tree, hashes), undefined);
    for (const [at, node] of tree.entries()) {
      const damaged = tree.slice();
      if (node?.nodeType === "parent") {
        const parentHash = new Uint8Array(32);
        damaged[at] = { ...node, parent: { ...node.parent, parentHash } };
      } else if (node?.leaf.leafNodeSource === "commit") {
        const leaf = { ...node.leaf, parentHash: new Uint8Array(32) };
        damaged[at] = { ...node, leaf };
      } else continue;
      assert.equal(
        findBadParent(damaged, hashTree(damaged)) === undefined,
        await verifyParentHashes(damaged, suite.hash),
        `round ${round}, node ${at}`,
      );
    }
  }
});
