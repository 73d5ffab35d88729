import assert from "node:assert/strict";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import {
  LIFE,
  makeDeviceKeys,
  makeMls,
  openRoom,
  ownerOf,
  takeAll,
} from "../../tests/harness/mls_people.ts";
import { checkBundle } from "./bundle.ts";
import { snapshot } from "./snapshot.ts";
import { readCommit, readGroupInfo, readKeyPackage, readMessage, readWelcome } from "./readers.ts";

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("two devices make a group, talk, renew their keys and part", async () => {
  const rng = seededRng(1);
  const mls = await makeMls(rng);
  const ada = await makeDeviceKeys(rng, "@ada", "A");
  const bo = await makeDeviceKeys(rng, "@bo", "B");
  const package_ = await mls.keyPackage(bo, LIFE);
  const founded = await mls.create(text("room"), ada);
  const added = await mls.commit(founded, { add: [package_.publicBytes] });
  let a = added.group;
  let b = await mls.join(added.welcome!, package_, bo);
  assert.deepEqual(b.authenticator, a.authenticator);
  assert.deepEqual([b.epoch, b.ownLeaf, a.ownLeaf], [1, 1, 0]);

  const sent = await mls.encrypt(a, text("hello"), text("aad"));
  a = sent.group;
  const read = await mls.decrypt(b, sent.message);
  b = mls.restore(snapshot(read.group));
  assert.deepEqual(read.plaintext, text("hello"));
  assert.deepEqual(read.aad, text("aad"));
  assert.deepEqual(read.sender, a.leaves()[0]);

  const renewed = await mls.commit(b, {});
  b = renewed.group;
  const before = a.leaves()[1];
  const taken = await mls.process(a, renewed.commit);
  a = taken.group;
  assert.deepEqual(taken.committer, before);
  assert.notDeepEqual(a.leaves()[1]?.encryptionKey, before?.encryptionKey);
  assert.deepEqual(a.authenticator, b.authenticator);
  assert.deepEqual(
    await mls.exportSecret(a, "label", text("context"), 16),
    await mls.exportSecret(b, "label", text("context"), 16),
  );

  const parting = await mls.commit(a, { remove: [1] });
  const left = await mls.process(b, parting.commit);
  assert.equal(left.group.removed, true);
  await assert.rejects(mls.encrypt(left.group, text("x"), text("")), { reason: "removed" });
});

Deno.test("a device that lost its state comes back from outside under its own leaf", async () => {
  const rng = seededRng(2);
  const mls = await makeMls(rng);
  const ada = await makeDeviceKeys(rng, "@ada", "A");
  const bo = await makeDeviceKeys(rng, "@bo", "B");
  const founded = await mls.create(text("room"), ada);
  const joined = await mls.externalJoin(await mls.groupInfo(founded), bo, { resync: false });
  let a = (await mls.process(founded, joined.commit)).group;
  const back = await mls.externalJoin(joined.groupInfo, bo, { resync: true });
  const seen = await mls.process(a, back.commit);
  a = seen.group;
  assert.equal(seen.committer, "joiner");
  assert.deepEqual(seen.removed.map((leaf) => leaf.leaf), [1]);
  assert.deepEqual(seen.added.map((leaf) => leaf.leaf), [1]);
  assert.deepEqual(a.authenticator, back.group.authenticator);
});

Deno.test("what a server reads without any secret agrees with what the members know", async () => {
  const rng = seededRng(3);
  const mls = await makeMls(rng);
  const ada = await makeDeviceKeys(rng, "@ada", "A");
  const bo = await makeDeviceKeys(rng, "@bo", "B");
  const package_ = await mls.keyPackage(bo, { ...LIFE, lastResort: true });
  const facts = readKeyPackage(package_.publicBytes);
  assert.deepEqual(facts.ref, package_.ref);
  assert.deepEqual([facts.suite, facts.lastResort], [1, true]);
  assert.deepEqual(facts.credential, bo.credential);
  const founded = await mls.create(text("room"), ada);
  const added = await mls.commit(founded, { add: [package_.publicBytes] });
  const commit = readCommit(added.commit);
  assert.deepEqual(commit.adds.map((add) => add.ref), [package_.ref]);
  assert.deepEqual([commit.committer, commit.external, commit.epoch], [0, false, 0]);
  assert.deepEqual(commit.hash, added.commitHash);
  assert.deepEqual(commit.authHash, added.authHash);
  const info = readGroupInfo(added.groupInfo);
  assert.deepEqual(info.authHash, added.authHash);
  assert.deepEqual(info.leaves, added.group.leaves());
  assert.deepEqual(readWelcome(added.welcome!).refs, [package_.ref]);
  const sent = await mls.encrypt(added.group, text("x"), text(""));
  assert.deepEqual(readMessage(sent.message), { groupId: text("room"), epoch: 1 });
});

Deno.test("a device shows a newer certificate without a new place or key", async () => {
  const room = await openRoom(4, 3);
  const { mls, keys, groups } = room;
  const late = await mls.encrypt(groups[1]!, text("before"), text(""));
  groups[1] = late.group;
  const newer = new Uint8Array([...keys[1]!.credential, ...text("/2")]);
  const made = await mls.commit(groups[1]!, { credential: newer });
  const past = made.group.state.historicalReceiverData.get(1n);
  assert.equal(past?.ratchetTree, groups[1]!.state.ratchetTree);
  const facts = await checkBundle(room.added.groupInfo, made, ownerOf);
  assert.deepEqual([facts.added, facts.removed, facts.by.credential], [[], [], newer]);
  await takeAll(room, 1, made);
  for (const group of groups) assert.deepEqual(group.leaves()[1]!.credential, newer);
  const read = await mls.decrypt(groups[2]!, late.message);
  assert.deepEqual(read.sender.credential, keys[1]!.credential);
  await takeAll(room, 1, await mls.commit(mls.restore(snapshot(groups[1]!)), { remove: [2] }));

  const refused = { reason: "policy" };
  await assert.rejects(mls.commit(groups[0]!, { credential: newer }), refused);
  const other = text(`@other/A/${keys[0]!.signatureKey.toHex()}`);
  await assert.rejects(mls.commit(groups[0]!, { credential: other }), refused);
  const package_ = await mls.keyPackage(await makeDeviceKeys(room.rng, "@new", "A"), LIFE);
  const add = [package_.publicBytes];
  await assert.rejects(mls.commit(groups[0]!, { add, credential: keys[0]!.credential }), refused);
});
