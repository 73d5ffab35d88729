import assert from "node:assert/strict";
import { generateKeyPackageWithKey, signKeyPackage } from "ts-mls/keyPackage.js";
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { commitAnything, evict, proposeAlone, renamed } from "../../tests/harness/mls_hostile.ts";
import {
  LIFE,
  makeDeviceKeys,
  makeMls,
  openRoom,
  ownerOf,
  takeAll,
} from "../../tests/harness/mls_people.ts";
import { checkBundle } from "./bundle.ts";
import { decodeMessage } from "./decode_message.ts";
import { snapshot } from "./snapshot.ts";
import { makeSuite } from "./suite.ts";

/*
 * What the library (1.6.4) does wrong or leaves to its users, each closed by this module and shown
 * here by what it takes to fall into it. The numbers are those of docs/PROTOCOL.md 12, "Groups".
 * T13 is in snapshot_test.ts, T14 to T16 are in tree_traps_test.ts.
 */

const text = (value: string) => new TextEncoder().encode(value);
const NONE = new Uint8Array();

Deno.test("T1: nobody adds a device twice, or one whose certificate is of another key", async () => {
  const room = await openRoom(1, 2);
  const { rng, mls, groups } = room;
  const twin = await makeDeviceKeys(rng, "@1", "A");
  const package_ = await mls.keyPackage(twin, LIFE);
  await assert.rejects(mls.commit(groups[0]!, { add: [package_.publicBytes] }), {
    reason: "policy",
    message: /device A of @1 twice/,
  });
  const { keyPackage } = decodeMessage(package_.publicBytes, "mls_key_package");
  const twinned = await commitAnything(
    groups[0]!.state,
    [{ proposalType: "add", add: { keyPackage } }],
    rng,
  );
  await assert.rejects(mls.process(groups[1]!, twinned.commit), { reason: "policy" });

  const mallory = await makeDeviceKeys(rng, "@mallory", "A");
  const other = await openRoom(2, 2);
  const ghost = await mls.keyPackage({ ...mallory, credential: text("@9/A/00") }, LIFE);
  await assert.rejects(other.mls.commit(other.groups[0]!, { add: [ghost.publicBytes] }), {
    reason: "policy",
  });
  // The hostile member's own library accepts everything: that of the others does not.
  const lax = await makeMls(rng, { accept: () => true });
  const laxGroup = lax.restore(snapshot(other.groups[0]!));
  const forced = await lax.commit(laxGroup, { add: [ghost.publicBytes] });
  await assert.rejects(mls.process(other.groups[1]!, forced.commit), { reason: "policy" });
});

Deno.test("T1: a member cannot become another one by its own commit", async () => {
  const { rng, mls, groups, added } = await openRoom(3, 3);
  for (const name of ["@0/A", "@9/A", "@1/B"]) {
    const key = groups[1]!.leaves()[1]!.signatureKey.toHex();
    const state = renamed(groups[1]!, text(`${name}/${key}`));
    const made = await commitAnything(state, [], rng);
    await assert.rejects(mls.process(groups[2]!, made.commit), { reason: "policy" }, name);
    await assert.rejects(
      checkBundle(added.groupInfo, { commit: made.commit, groupInfo: NONE }, ownerOf),
      { reason: "policy", message: /gives its place to another/ },
      name,
    );
  }
});

Deno.test("T2: an outsider takes out no leaf but its own device's", async () => {
  const room = await openRoom(4, 3);
  const { rng, mls, groups, added } = room;
  const mallory = await makeDeviceKeys(rng, "@mallory", "A");
  const victim = 1;
  const commit = await evict(added.groupInfo, mallory, { victim, state: groups[0]!.state, rng });
  const refusal = { reason: "policy", message: /removes leaf 1, not its own/ };
  await assert.rejects(mls.process(groups[0]!, commit), refusal);
  await assert.rejects(
    checkBundle(added.groupInfo, { commit, groupInfo: added.groupInfo }, ownerOf),
    refusal,
  );
  // Another device of the same user is another device.
  const second = await makeDeviceKeys(rng, "@1", "B");
  const own = await evict(added.groupInfo, second, { victim, state: groups[0]!.state, rng });
  await assert.rejects(mls.process(groups[0]!, own), refusal);
  // And a device that is in the group comes in again only in place of itself.
  const again = await evict(added.groupInfo, room.keys[1]!, {
    victim: undefined,
    state: groups[0]!.state,
    rng,
  });
  await assert.rejects(mls.process(groups[0]!, again), { reason: "policy" });
  const place = { ...added, commit: again };
  await assert.rejects(checkBundle(added.groupInfo, place, ownerOf), {
    reason: "policy",
    message: /device A of @1 twice/,
  });
});

Deno.test("T3: a message tells its sender and its additional data, both authentic", async () => {
  const { mls, groups } = await openRoom(5, 3);
  const sent = await mls.encrypt(groups[1]!, text("hello"), text("room and event"));
  const read = await mls.decrypt(groups[2]!, sent.message);
  assert.deepEqual(read.sender, groups[0]!.leaves()[1]);
  assert.deepEqual(read.aad, text("room and event"));
  for (let at = 0; at < sent.message.length; at++) {
    const changed = sent.message.slice();
    changed[at]! ^= 0x40;
    await assert.rejects(mls.decrypt(groups[2]!, changed), { name: "MlsFault" }, `byte ${at}`);
  }
});

Deno.test("T4: a late message is of who sat on that leaf when it was written", async () => {
  const room = await openRoom(6, 3);
  const { rng, mls, groups } = room;
  const late = await mls.encrypt(groups[1]!, text("I was here"), NONE);
  const removal = await mls.commit(groups[0]!, { remove: [1] });
  await takeAll(room, 0, removal);
  const mallory = await makeDeviceKeys(rng, "@mallory", "A");
  const package_ = await mls.keyPackage(mallory, LIFE);
  const addition = await mls.commit(groups[0]!, { add: [package_.publicBytes] });
  const after = (await mls.process(groups[2]!, addition.commit)).group;
  assert.equal(ownerOf(after.leaves()[1]!.credential)?.user, "@mallory");
  const read = await mls.decrypt(after, late.message);
  assert.equal(ownerOf(read.sender.credential)?.user, "@1");
  assert.equal(read.epoch, 1);
});

Deno.test("T5: a commit that lost the race leaves the group as it was", async () => {
  const room = await openRoom(7, 3);
  const { mls, groups } = room;
  const before = snapshot(groups[0]!);
  const lost = await mls.commit(groups[0]!, {});
  const won = await mls.commit(groups[1]!, {});
  assert.deepEqual(snapshot(groups[0]!), before);
  await takeAll(room, 1, won);
  assert.deepEqual(groups[0]!.authenticator, won.group.authenticator);
  await assert.rejects(mls.process(groups[1]!, lost.commit), { reason: "past_epoch" });
});

Deno.test("T6: what this device made itself is recognized, not tried", async () => {
  const { mls, groups } = await openRoom(8, 2);
  const made = await mls.commit(groups[0]!, {});
  await assert.rejects(mls.process(groups[0]!, made.commit), { reason: "own_commit" });
  const sent = await mls.encrypt(groups[0]!, text("x"), NONE);
  await assert.rejects(mls.decrypt(sent.group, sent.message), { reason: "own_message" });
  // Also when the group has gone on since.
  const next = await mls.commit(groups[1]!, {});
  const after = (await mls.process(sent.group, next.commit)).group;
  await assert.rejects(mls.decrypt(after, sent.message), { reason: "own_message" });
});

Deno.test("T7: one state sends once; of two copies the second message is told as replayed", async () => {
  const { mls, groups } = await openRoom(9, 2);
  const stored = snapshot(groups[0]!);
  const first = await mls.encrypt(groups[0]!, text("one"), NONE);
  await assert.rejects(mls.encrypt(groups[0]!, text("two"), NONE), { reason: "spent" });
  const second = await mls.encrypt(mls.restore(stored), text("of another tab"), NONE);
  const read = await mls.decrypt(groups[1]!, first.message);
  await assert.rejects(mls.decrypt(read.group, second.message), { reason: "replayed" });
  await assert.rejects(mls.decrypt(read.group, first.message), { reason: "replayed" });
});

Deno.test("T8: a proposal by itself, or a commit that refers to one, changes nothing", async () => {
  const room = await openRoom(10, 3);
  const { rng, mls, groups } = room;
  const bogus = await proposeAlone(
    groups[1]!,
    { proposalType: "remove", remove: { removed: 2 } },
    rng,
  );
  await assert.rejects(mls.process(groups[0]!, bogus.message), { reason: "policy" });
  const referring = await commitAnything(bogus.state, [], rng);
  await assert.rejects(mls.process(groups[0]!, referring.commit), {
    reason: "policy",
    message: /refers to a proposal/,
  });
  await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  assert.deepEqual(groups[2]!.authenticator, groups[0]!.authenticator);
});

Deno.test("T8: proposals that our groups do not use are refused in commits, too", async () => {
  const { rng, mls, groups } = await openRoom(11, 2);
  for (
    const proposal of [
      {
        proposalType: "group_context_extensions" as const,
        groupContextExtensions: { extensions: [] },
      },
      { proposalType: 0xf123, proposalData: NONE },
    ]
  ) {
    const made = await commitAnything(groups[0]!.state, [proposal], rng);
    await assert.rejects(mls.process(groups[1]!, made.commit), {
      reason: "policy",
      message: /a proposal of type/,
    });
  }
});

Deno.test("T9: two epochs of one number are told apart without any secret", async () => {
  const { mls, groups } = await openRoom(12, 3);
  const [one, two] = [await mls.commit(groups[0]!, {}), await mls.commit(groups[1]!, {})];
  assert.equal(one.group.epoch, two.group.epoch);
  assert.notDeepEqual(one.authHash, two.authHash);
  assert.deepEqual(one.authHash, one.group.authHash);
  const sent = await mls.encrypt(one.group, text("x"), NONE);
  await assert.rejects(mls.decrypt(two.group, sent.message), { reason: "unverified" });
});

Deno.test("T10: what is of an epoch to come, of one that is gone, or of another group says so", async () => {
  const room = await openRoom(13, 2);
  const { mls, groups } = room;
  const behind = groups[1]!;
  const early = await mls.encrypt(groups[0]!, text("x"), NONE);
  groups[0] = early.group;
  for (let epoch = 0; epoch < 6; epoch++) await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  const late = await mls.encrypt(groups[0]!, text("x"), NONE);
  await assert.rejects(mls.decrypt(behind, late.message), { reason: "future_epoch" });
  await assert.rejects(mls.decrypt(groups[1]!, early.message), { reason: "past_epoch" });
  const next = await mls.commit(late.group, {});
  await assert.rejects(mls.process(behind, next.commit), { reason: "future_epoch" });
  const elsewhere = await mls.create(text("elsewhere"), room.keys[0]!);
  await assert.rejects(mls.decrypt(elsewhere, late.message), { reason: "other_group" });
  await assert.rejects(mls.process(elsewhere, next.commit), { reason: "other_group" });
});

Deno.test("T11: the room says who may do what: a refused commit leaves the group as it was", async () => {
  const asked: string[] = [];
  const { mls, groups } = await openRoom(14, 3, {
    judge: ({ committer, added, removed }) => {
      const by = committer === "joiner" ? "joiner" : ownerOf(committer.credential)?.user;
      asked.push(`${by} +${added.length} -${removed.length}`);
      return by === "@0" || removed.length === 0;
    },
  });
  const removal = await mls.commit(groups[1]!, { remove: [2] });
  await assert.rejects(mls.process(groups[0]!, removal.commit), { reason: "policy" });
  const allowed = await mls.commit(groups[0]!, { remove: [2] });
  await mls.process(groups[1]!, allowed.commit);
  assert.deepEqual(asked, ["@1 +0 -1", "@0 +0 -1"]);
});

Deno.test("T12: what is stored holds no key of epochs beyond the kept ones", async () => {
  const room = await openRoom(15, 2);
  const { mls, groups } = room;
  const { keySchedule, secretTree } = groups[1]!.state;
  const secrets = [
    keySchedule.senderDataSecret,
    keySchedule.initSecret,
    keySchedule.exporterSecret,
    secretTree[0]!.application.secret,
  ].map((secret) => secret.toHex());
  const holds = () => {
    const stored = snapshot(groups[1]!).toHex();
    return secrets.map((secret) => stored.includes(secret));
  };
  assert.deepEqual(holds(), [true, true, true, true]);
  await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  assert.deepEqual(holds(), [true, false, false, true]);
  for (let epoch = 0; epoch < 4; epoch++) await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  assert.deepEqual(holds(), [false, false, false, false]);
});

Deno.test("members refuse the leaves that joiners would refuse, so none closes the group", async () => {
  const { rng, mls, groups } = await openRoom(16, 2);
  const suite = await makeSuite(rng);
  const keys = await makeDeviceKeys(rng, "@mallory", "A");
  const { publicPackage } = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: keys.credential },
    {
      versions: ["mls10"],
      ciphersuites: [suite.name],
      extensions: [],
      proposals: [],
      credentials: [],
    },
    { notBefore: 0n, notAfter: 2n ** 40n },
    [],
    { signKey: keys.signatureSeed, publicKey: keys.signatureKey },
    suite,
  );
  const add = { proposalType: "add" as const, add: { keyPackage: publicPackage } };
  const made = await commitAnything(groups[0]!.state, [add], rng);
  await assert.rejects(mls.process(groups[1]!, made.commit), { reason: "policy" });

  // A leaf with the encryption key of another one: the library compares it with none.
  const package_ = await mls.keyPackage(keys, LIFE);
  const { keyPackage } = decodeMessage(package_.publicBytes, "mls_key_package");
  const shared = groups[0]!.state.ratchetTree[2];
  if (shared?.nodeType !== "leaf") throw new Error("Leaf 1 is blank");
  const leafNode = await signLeafNodeKeyPackage(
    { ...keyPackage.leafNode, hpkePublicKey: shared.leaf.hpkePublicKey },
    keys.signatureSeed,
    suite.signature,
  );
  const doubled = await signKeyPackage(
    { ...keyPackage, leafNode },
    keys.signatureSeed,
    suite.signature,
  );
  const bytes = encodeMlsMessage({
    version: "mls10",
    wireformat: "mls_key_package",
    keyPackage: doubled,
  });
  await assert.rejects(mls.commit(groups[0]!, { add: [bytes] }), {
    reason: "policy",
    message: /has a key of another node/,
  });
});
