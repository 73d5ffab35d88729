import assert from "node:assert/strict";
import { commitAnything, posing } from "../../tests/harness/mls_hostile.ts";
import {
  LIFE,
  makeDeviceKeys,
  makeMls,
  openRoom,
  ownerOf,
} from "../../tests/harness/mls_people.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { checkBundle, checkGroupInfo, checkKeyPackage } from "./bundle.ts";
import { Group } from "./group.ts";

Deno.test("bundles of members and joiners are taken, and what they do is told", async () => {
  const { rng, mls, keys, first, added, groups } = await openRoom(1, 2);
  const [a, b] = [groups[0]!, groups[1]!];
  await checkGroupInfo(first);
  const joined = await checkBundle(first, added, ownerOf);
  assert.deepEqual(joined.added, [a.leaves()[1]]);
  assert.deepEqual(joined.leaves, a.leaves());
  assert.deepEqual(joined.by, a.leaves()[0]);

  const renewed = await mls.commit(b, {});
  const renewal = await checkBundle(added.groupInfo, renewed, ownerOf);
  assert.deepEqual([renewal.added, renewal.removed, renewal.by.leaf], [[], [], 1]);

  const back = await mls.externalJoin(renewed.groupInfo, keys[1]!, { resync: true });
  const resync = await checkBundle(renewed.groupInfo, back, ownerOf);
  assert.equal(resync.external, true);
  assert.deepEqual([resync.added[0]?.leaf, resync.removed[0]?.leaf], [1, 1]);

  const cy = await makeDeviceKeys(rng, "@cy", "C");
  const outside = await mls.externalJoin(back.groupInfo, cy, { resync: false });
  const come = await checkBundle(back.groupInfo, outside, ownerOf);
  assert.deepEqual(come.added, [outside.group.leaves()[2]]);
  const removal = await mls.commit(outside.group, { remove: [0] });
  const gone = await checkBundle(outside.groupInfo, removal, ownerOf);
  assert.deepEqual(gone.removed, [a.leaves()[0]]);
  assert.deepEqual(gone.leaves.map((leaf) => leaf.leaf), [1, 2]);
});

Deno.test("a bundle that does not follow from the group is refused with its reason", async () => {
  const { rng, mls, added, first, groups } = await openRoom(2, 2);
  const [a, b] = [groups[0]!, groups[1]!];
  const before = added.groupInfo;
  const mine = await mls.commit(a, {});
  const other = await mls.commit(b, {});
  const refuse = (bundle: Parameters<typeof checkBundle>[1], reason: string) =>
    assert.rejects(checkBundle(before, bundle, ownerOf), { name: "MlsFault", reason });
  await refuse({ commit: mine.commit, groupInfo: other.groupInfo }, "unverified");
  await refuse({ commit: mine.commit, groupInfo: before }, "unverified");
  await refuse({ ...mine, welcome: added.welcome! }, "policy");
  await refuse(added, "past_epoch");
  await assert.rejects(checkBundle(first, mine, ownerOf), { reason: "future_epoch" });

  const cy = await makeDeviceKeys(rng, "@cy", "C");
  const package_ = await mls.keyPackage(cy, LIFE);
  const adding = await mls.commit(a, { add: [package_.publicBytes] });
  await refuse({ commit: adding.commit, groupInfo: adding.groupInfo }, "policy");
  // Only members can check the tag at its end.
  const checked = adding.commit.length - 33;
  for (let at = 0; at < checked; at += 37) {
    const commit = adding.commit.slice();
    commit[at]! ^= 1;
    await assert.rejects(
      checkBundle(before, { ...adding, commit }, ownerOf),
      { name: "MlsFault" },
      `byte ${at} of ${checked}`,
    );
  }
});

Deno.test("a bundle in another member's name, or with another member's word for it, is refused", async () => {
  const { rng, mls, added, groups } = await openRoom(4, 3);
  const [a, b] = [groups[0]!, groups[1]!];
  const mine = await mls.commit(a, {});
  const word = await mls.groupInfo((await mls.process(b, mine.commit)).group);
  await assert.rejects(
    checkBundle(added.groupInfo, { commit: mine.commit, groupInfo: word }, ownerOf),
    { reason: "policy", message: /signed by leaf 1/ },
  );
  // All of it fits but the signature under the commit: that is not by the key that leaf 0 had.
  const state = posing(b, 0, await makeDeviceKeys(rng, "@0", "A"));
  const posed = await commitAnything(state, [], rng);
  const groupInfo = await mls.groupInfo(new Group(posed.state));
  await assert.rejects(checkBundle(added.groupInfo, { commit: posed.commit, groupInfo }, ownerOf), {
    reason: "unverified",
    message: /not signed by its sender/,
  });
});

Deno.test("a key package is taken only with the signatures of its device", async () => {
  const rng = seededRng(3);
  const mls = await makeMls(rng);
  const { publicBytes, ref } = await mls.keyPackage(await makeDeviceKeys(rng, "@a", "A"), LIFE);
  assert.deepEqual((await checkKeyPackage(publicBytes)).ref, ref);
  for (let at = 0; at < publicBytes.length; at++) {
    const changed = publicBytes.slice();
    changed[at]! ^= 1;
    await assert.rejects(checkKeyPackage(changed), { name: "MlsFault" }, `byte ${at}`);
  }
});
