import assert from "node:assert/strict";
import { base64Of } from "../../core/e2ee/bytes.ts";
import type { Receipt } from "../../core/api/e2ee_groups.ts";
import { decodePublicKey } from "../../core/keys/key_entry.ts";
import { decodeSignature, taggedBytes } from "../../core/event/sign.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonicalBytes } from "../../core/event/json_write.ts";
import { hashReceipt } from "../../core/e2ee/receipt_chain.ts";
import { openScenes, type Scene, talking } from "../harness/encrypted_scenes.ts";
import { bundleOf, bytesOf, GroupDevice } from "../harness/group_devices.ts";
import { type Answer, type Homeserver, PASSWORD, startHomeserver } from "../harness/homeserver.ts";

/** What an operation was refused with: its code, and which rule. */
function refusal({ body }: Answer): [code: string, reason: string | undefined] {
  return [body.error?.code, body.error?.details?.reason];
}

/** Something sealed for a group that nobody knows. */
async function sealedElsewhere(device: GroupDevice): Promise<Record<string, unknown>> {
  const group = await device.mls.create(new Uint8Array(32).fill(9), device.keys);
  const { message } = await device.mls.encrypt(group, new Uint8Array(256), new Uint8Array());
  const nonce = base64Of(new Uint8Array(16));
  return { v: 1, epoch: 0, nonce, key: base64Of(message), body: base64Of(new Uint8Array(300)) };
}

/** The receipts of a group name each other and are signed by a key that the server shows. */
async function checkChain(server: Homeserver, receipts: readonly Receipt[]): Promise<void> {
  const answer = await fetch(`${server.url}/.well-known/openguild/keys`);
  const { keys } = await answer.json() as { keys: { key: string; id?: string }[] };
  assert.ok(keys.length > 0 && receipts.length > 20);
  const verifier = new StrictVerifier();
  let previous: Receipt | undefined;
  for (const receipt of receipts) {
    if (previous !== undefined) {
      assert.equal(receipt.base_epoch, previous.base_epoch + 1);
      assert.equal(receipt.prev_receipt, hashReceipt(previous));
    }
    const { sig, ...rest } = receipt;
    const signed = taggedBytes("mls-receipt", writeCanonicalBytes(rest as unknown as JsonObject));
    const by = await Promise.all(keys.map(({ key }) =>
      verifier.verify({
        key: decodePublicKey(key) as Uint8Array<ArrayBuffer>,
        signature: decodeSignature(sig) as Uint8Array<ArrayBuffer>,
        message: signed,
      })
    ));
    assert.ok(by.includes(true), "a key of the server signed it");
    previous = receipt;
  }
}

type Step = Deno.TestContext;

Deno.test("encrypted rooms are delivered", async (t) => {
  await using server = await startHomeserver();
  await using second = await startHomeserver({ databaseUrl: server.databaseUrl });
  const next = await openScenes(server, second);
  await t.step(
    "a conversation is encrypted: founded, joined by Welcome, written in and read on",
    async (step) => {
      await converse(step, await next());
    },
  );
  await t.step(
    "ten devices race for epochs: one change each, lost answers are found again, all agree",
    async (step) => {
      await race(step, await next());
    },
  );
  await t.step("hostile bundles are refused by name, and change nothing", async (step) => {
    await attack(step, await next());
  });
  await t.step(
    "whoever is gone goes first: nothing is sent before, and no epoch of theirs after",
    async (step) => {
      await leave(step, await next());
    },
  );
  await t.step(
    "whoever had no device there reads all that is taken after theirs came in",
    async () => {
      await comeIn(await next());
    },
  );
  await t.step(
    "key packages: given once, the last resort stays, counts and ages are held to",
    async (step) => {
      await bringPackages(step, await next());
    },
  );
  await t.step(
    "a restart in between changes nothing: groups, receipts and Welcomes go on",
    async () => {
      await restart(server, second, await next());
    },
  );
});

async function converse(t: Step, scene: Scene): Promise<void> {
  const { server, mls, ann, bob, room } = scene;
  const { device: a } = await GroupDevice.first(mls, ann);
  const { device: b } = await GroupDevice.first(mls, bob);
  using listening = await bob.connect();

  await t.step("who has joined switches encryption on, once; a guild channel never", async () => {
    assert.equal((await a.say(room, await sealedElsewhere(a))).body.error.code, "invalid");
    await ann.do("POST", `/rooms/${room}/encryption`);
    await ann.do("POST", `/rooms/${room}/encryption`);
    await listening.until((f) => f.op === "dispatch" && f.t === "group.wanted");
    await listening.until((f) => f.op === "dispatch" && f.t === "dm.update" && !!f.d.encrypted);
    const told = listening.dispatches("dm.update").at(-1);
    assert.deepEqual([told.encrypted, told.may_encrypt], [true, true]);
    const plain = await ann.try("POST", `/rooms/${room}/send`, { body: "readable" });
    assert.deepEqual(refusal(plain), ["encrypted_room", "unsealed"]);
    const poll = { question: "Readable?", options: ["Yes", "No"] };
    const asked = await ann.try("POST", `/rooms/${room}/polls`, poll);
    assert.deepEqual(refusal(asked), ["encrypted_room", "unsealed"]);
    assert.deepEqual(refusal(await a.say(room, await sealedElsewhere(a))), [
      "encrypted_room",
      "no_group",
    ]);
  });

  await t.step("a group is founded once, and wants the others' devices", async () => {
    await a.found(room);
    const group = await bob.do("GET", `/rooms/${room}/group`);
    assert.deepEqual([group.state, group.epoch, group.sequencer], [
      "active",
      0,
      ann.id.split(":").slice(1).join(":"),
    ]);
    assert.deepEqual(group.leaves, [{ leaf: 0, ...a.ref }]);
    assert.deepEqual(group.wanted, { add: [b.ref], remove: [] });
    const second = await mls.create(new Uint8Array(32), b.keys);
    const again = await bob.try("POST", `/rooms/${room}/group`, {
      group_id: base64Of(second.groupId),
      group_info: base64Of(await mls.groupInfo(second)),
    });
    assert.equal(again.body.error.code, "stale_epoch");
  });

  await t.step(
    "a package is claimed, its device added, and its Welcome waits and goes",
    async () => {
      assert.deepEqual(await a.claim(room, [b]), [], "nothing was brought yet");
      assert.deepEqual(await b.upload(3, { lastResort: true }), { left: 3 });
      await a.add(room, [b]);
      await listening.until((f) => f.op === "dispatch" && f.t === "welcome");
      await listening.until((f) => f.op === "dispatch" && f.t === "key_packages.low");
      await listening.until((f) =>
        f.op === "dispatch" && f.t === "group.update" && f.d.epoch === 1
      );
      assert.deepEqual(listening.dispatches("group.update").at(-1), { room_id: room, epoch: 1 });
      await b.join();
      assert.deepEqual((await b.person.do("GET", "/welcomes")).welcomes, []);
      assert.deepEqual(base64Of(b.group.authenticator), base64Of(a.group.authenticator));
      const { left, last_resort_used } = await bob.do("GET", "/key-packages");
      assert.deepEqual([left, last_resort_used], [2, false]);
    },
  );

  await t.step(
    "messages, edits, replies and reactions carry no text and stand in the feed",
    async () => {
      const said = (await a.say(room, await a.seal(), { nonce: "n-1" })).body;
      assert.deepEqual([said.kind, said.body, said.sealed_event_id], ["sealed", "", said.id]);
      const repeated = (await a.say(room, await a.seal(), { nonce: "n-1" })).body;
      assert.equal(repeated.id, said.id);
      const answered = await b.say(room, await b.seal(), {
        reply_to: said.id,
        allowed_mentions: { users: [ann.id] },
      });
      const reply = answered.body;
      assert.equal(answered.status, 200, JSON.stringify(reply));
      assert.deepEqual([reply.reply_to.id, reply.reply_to.excerpt], [said.id, ""]);
      assert.deepEqual(reply.mentions.users, [ann.id], "whom it pings is named beside it");
      assert.equal((await ann.do("GET", `/rooms/${room}/read`)).mentions, 1);
      const sealedEdit = await a.seal();
      const edited = await ann.do("PATCH", `/rooms/${room}/messages/${said.id}`, {
        sealed: sealedEdit,
      });
      assert.deepEqual(edited.sealed, sealedEdit);
      assert.notEqual(edited.sealed_event_id, said.id);
      const reacted = await bob.do("POST", "/reactions", {
        room_id: room,
        event_id: said.id,
        sealed: await b.seal(),
      });
      const [reaction] = reacted.sealed_reactions;
      assert.equal(reaction.user_id, bob.id);
      await listening.until((f) =>
        f.op === "dispatch" && f.t === "message.update" && f.d.sealed_reactions !== undefined
      );
      const feed = await ann.do("GET", `/rooms/${room}/sealed`);
      assert.deepEqual(feed.items.map((each: { event_id: string }) => each.event_id), [
        said.id,
        reply.id,
        edited.sealed_event_id,
        reaction.id,
      ]);
      const rest = await ann.do(
        "GET",
        `/rooms/${room}/sealed?limit=2&after=${feed.items[1].position}`,
      );
      assert.deepEqual([rest.items.length, rest.has_more, rest.next], [2, false, feed.next]);
      await bob.do("POST", "/redact", { room_id: room, event_ids: [reaction.id] });
      const after = await ann.do("GET", `/rooms/${room}/messages/${said.id}`);
      assert.equal(after.sealed_reactions, undefined);
      assert.equal((await ann.do("GET", `/rooms/${room}/sealed`)).items.length, 3);
      assert.deepEqual(
        refusal(
          await bob.try("POST", "/reactions", { room_id: room, event_id: said.id, key: "👍" }),
        ),
        ["encrypted_room", "unsealed"],
      );
      const empty = await ann.do("GET", `/rooms/${room}/sealed?after=${feed.next}`);
      assert.deepEqual(empty, { items: [], next: null, has_more: false });
    },
  );

  await t.step("files are taken only encrypted, and nothing is said of them", async () => {
    const upload = async (query: string, content: Uint8Array<ArrayBuffer>) => {
      const answer = await fetch(`${server.url}/client/v1/media/upload?${query}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${ann.token}` },
        body: content,
      });
      return await answer.json();
    };
    // What is encrypted may begin like a picture by chance.
    const likeJpeg = new Uint8Array(2000).fill(7);
    likeJpeg.set([0xff, 0xd8, 0xff, 0xe0]);
    const file = await upload("sealed=1&filename=holiday.jpg", likeJpeg);
    assert.deepEqual([file.type, file.name, file.size], ["application/octet-stream", "file", 2000]);
    const sent =
      (await a.say(room, await a.seal(), { media: [{ uri: file.uri, alt: "us" }] })).body;
    assert.deepEqual(
      sent.media.map(({ uri, name, alt, type }: Record<string, unknown>) => [uri, name, alt, type]),
      [[file.uri, "file", null, "application/octet-stream"]],
    );
    const open = await upload("filename=notes.txt", new TextEncoder().encode("readable"));
    const refused = await a.say(room, await a.seal(), { media: [{ uri: open.uri }] });
    assert.equal(refused.body.error.code, "invalid");
    const { room_id: plain } = await ann.do("POST", "/dms", { user_id: scene.cay.id });
    const locked = await upload("sealed=1", likeJpeg);
    const shown = await ann.try("POST", `/rooms/${plain}/send`, { media: [{ uri: locked.uri }] });
    assert.match(shown.body.error.message, /was uploaded encrypted/);
  });
}

async function race(_t: Step, scene: Scene): Promise<void> {
  const { mls, room, a, b, annIs, ann } = await talking(scene);
  const more: GroupDevice[] = [];
  for (let n = 0; n < 8; n++) more.push(await GroupDevice.another(mls, ann, annIs));
  for (const device of more) await device.upload(1);
  await a.add(room, more);
  await b.catchUp(room);
  for (const device of more) await device.join();
  // Half of them talk to another process of the same server.
  const devices = [a, b, ...more].map((device, at) =>
    at % 2 === 0 ? device : device.on(scene.second ?? scene.server)
  );
  const start = a.group.epoch;
  let turn = 0;
  const renew = async (device: GroupDevice, times: number) => {
    for (let done = 0; done < times;) {
      const made = await device.commit();
      const { status, body } = await device.send(room, made);
      if (status === 200) {
        done++;
        // The answer was lost: the same bundle again is answered as before.
        if (turn++ % 4 === 0) {
          const again = await device.send(room, made);
          assert.deepEqual(again.body, body);
        }
        continue;
      }
      assert.equal(body.error.code, "stale_epoch");
      assert.ok(body.error.details.epoch > device.group.epoch);
      for (const { commit } of body.error.details.commits) {
        device.group = (await mls.process(device.group, bytesOf(commit))).group;
      }
    }
  };
  await Promise.all(devices.map((device) => renew(device, 2)));
  for (const device of devices) await device.catchUp(room);
  assert.equal(a.group.epoch, start + 20);
  const secrets = new Set(devices.map(({ group }) => base64Of(group.authenticator)));
  assert.equal(secrets.size, 1, "all devices hold the same secrets");
  const { commits } = await ann.do("GET", `/rooms/${room}/group/commits?after_epoch=-1`);
  await checkChain(scene.server, commits.map(({ receipt }: { receipt: never }) => receipt));
}

async function attack(t: Step, scene: Scene): Promise<void> {
  const { mls, room, a, b, ann, bob, cay, bobIs } = await talking(scene);
  const before = await ann.do("GET", `/rooms/${room}/group`);
  const refusedAs = async (device: GroupDevice, body: unknown, expected: readonly unknown[]) => {
    const answer = await device.person.try("POST", `/rooms/${room}/group/commits`, body);
    assert.deepEqual(refusal(answer), expected);
  };

  await t.step("somebody who belongs there is not removed", async () => {
    const made = await a.commit({ remove: [b.group.ownLeaf] });
    await refusedAs(a, bundleOf(made), ["policy", "unwanted_removal"]);
  });

  await t.step(
    "a package that nobody claimed adds nobody (ghost), a stranger neither",
    async () => {
      const ghost = await GroupDevice.another(mls, bob, bobIs);
      const unclaimed = (await ghost.makePackage()).publicBytes;
      await refusedAs(a, bundleOf(await a.commit({ add: [unclaimed] })), [
        "policy",
        "unclaimed_package",
      ]);
      const { device: c } = await GroupDevice.first(mls, cay);
      await c.upload(1);
      assert.deepEqual(await a.claim(room, [c]), [], "no package of who is no member");
      const stranger = (await c.makePackage()).publicBytes;
      await refusedAs(a, bundleOf(await a.commit({ add: [stranger] })), [
        "roster_mismatch",
        undefined,
      ]);
      const outside = await mls.externalJoin(bytesOf(before.group_info), c.keys, { resync: false });
      const answer = await cay.try(
        "POST",
        `/rooms/${room}/group/commits`,
        bundleOf(outside, { external: true }),
      );
      assert.equal(answer.status, 404, "the room is not there for who is not in it");
      // In the name of a member's session.
      await refusedAs(b, bundleOf(outside, { external: true }), ["policy", "not_committer"]);
      await bob.do("DELETE", `/devices/${ghost.id}`);
    },
  );

  await t.step("a commit counts for its own device alone", async () => {
    await refusedAs(b, bundleOf(await a.commit()), ["policy", "not_committer"]);
  });

  await t.step("group information of another change, an old one or a broken one", async () => {
    const one = await a.commit();
    const other = await a.commit();
    await refusedAs(a, { ...bundleOf(one), group_info: base64Of(other.groupInfo) }, [
      "policy",
      "unfit",
    ]);
    await refusedAs(a, { ...bundleOf(one), group_info: before.group_info }, ["policy", "unfit"]);
    const broken = one.groupInfo.slice();
    broken[broken.length - 5] = (broken.at(-5) as number) ^ 1;
    await refusedAs(a, { ...bundleOf(one), group_info: base64Of(broken) }, ["policy", "unfit"]);
    await refusedAs(a, { ...bundleOf(one), group_info: base64Of(one.groupInfo.slice(0, 90)) }, [
      "invalid",
      undefined,
    ]);
    const forged = one.commit.slice();
    forged[forged.length - 40] = (forged.at(-40) as number) ^ 1;
    await refusedAs(a, { ...bundleOf(one), commit: base64Of(forged) }, ["policy", "unfit"]);
    await refusedAs(a, { ...bundleOf(one), external: true }, ["policy", "not_external"]);
    await refusedAs(a, { ...bundleOf(one), base_epoch: 0 }, ["policy", "other_group"]);
  });

  await t.step("a Welcome for nobody who is added, and an Add without one", async () => {
    await b.upload(1);
    const one = await a.commit();
    const welcome = base64Of((await b.makePackage()).publicBytes);
    await refusedAs(a, { ...bundleOf(one), welcome }, ["invalid", undefined]);
  });

  await t.step("nothing changed, and the good one is taken", async () => {
    assert.deepEqual(
      (await ann.do("GET", `/rooms/${room}/group`)).receipt,
      before.receipt,
    );
    const good = await a.commit();
    const { body } = await a.send(room, good);
    assert.equal(body.receipt.prev_receipt, hashReceipt(before.receipt));
    assert.equal(body.receipt.commit_hash, base64Of(good.commitHash));
    assert.equal(body.receipt.auth_hash, base64Of(good.authHash));
  });
}

/** What is sealed by somebody who has not heard of a newcomer yet would never open for them. */
async function comeIn({ mls, room, ann, bob }: Scene): Promise<void> {
  const { device: a } = await GroupDevice.first(mls, ann);
  await ann.do("POST", `/rooms/${room}/encryption`);
  await a.found(room);
  const [early, late] = [await a.seal(), await a.seal()];
  assert.equal((await a.say(room, early)).status, 200);
  const { device: b, of } = await GroupDevice.first(mls, bob);
  await b.send(room, await b.externalJoin(room, { resync: false }), { external: true });
  assert.deepEqual(refusal(await a.say(room, late)), ["encrypted_room", "old_epoch"]);
  await a.catchUp(room);
  const unheard = await a.seal();
  assert.equal((await a.say(room, await a.seal())).status, 200);
  // A further device is given what it missed by the others of its user.
  const tablet = await GroupDevice.another(mls, bob, of);
  await tablet.send(room, await tablet.externalJoin(room, { resync: false }), { external: true });
  assert.equal((await a.say(room, unheard)).status, 200);
}

async function leave(t: Step, scene: Scene): Promise<void> {
  const { mls, room, a, b, ann, bob, bobIs } = await talking(scene);
  using listening = await ann.connect();

  await t.step("the epoch before is taken for a moment, where nobody was removed", async () => {
    const early = await b.seal();
    await a.send(room, await a.commit());
    assert.equal((await b.say(room, early)).status, 200);
    const ahead = { ...await a.seal(), epoch: a.group.epoch + 1 };
    assert.equal((await a.say(room, ahead)).body.error.code, "invalid");
    await b.catchUp(room);
  });

  let phone: GroupDevice;
  await t.step("a new device of a member is wanted, added, and reads", async () => {
    phone = await GroupDevice.another(mls, bob, bobIs);
    await phone.upload(1);
    await listening.until((f) => f.op === "dispatch" && f.t === "group.wanted");
    assert.deepEqual((await ann.do("GET", `/rooms/${room}/group`)).wanted.add, [phone.ref]);
    assert.deepEqual(refusal(await phone.say(room, await sealedElsewhere(a))), [
      "invalid",
      undefined,
    ]);
    await b.add(room, [phone]);
    await a.catchUp(room);
    await phone.join();
  });

  await t.step("a removed device pauses the room until it is taken out", async () => {
    const sealedBefore = await a.seal();
    await bob.do("DELETE", `/devices/${phone.id}`);
    const { wanted } = await ann.do("GET", `/rooms/${room}/group`);
    assert.deepEqual(wanted.remove.map(({ device }: { device: string }) => device), [phone.id]);
    assert.deepEqual(refusal(await a.say(room, sealedBefore)), [
      "encrypted_room",
      "remove_pending",
    ]);
    const without = await a.commit();
    assert.deepEqual(refusal(await a.send(room, without)), ["roster_mismatch", undefined]);
    const removal = await a.commit({ remove: [wanted.remove[0].leaf] });
    assert.equal((await a.send(room, removal)).status, 200);
    assert.deepEqual(
      refusal(await a.say(room, sealedBefore)),
      ["encrypted_room", "old_epoch"],
      "what it could read is not taken any more, not even for a moment",
    );
    assert.equal((await a.say(room, await a.seal())).status, 200);
    await b.catchUp(room);
  });

  await t.step("a device that lost its state replaces itself, nobody else", async () => {
    const lost = await b.externalJoin(room, { resync: true });
    assert.deepEqual(
      refusal(
        await ann.try(
          "POST",
          `/rooms/${room}/group/commits`,
          bundleOf(lost, { external: true }),
        ),
      ),
      ["policy", "not_committer"],
    );
    assert.equal((await b.send(room, lost, { external: true })).status, 200);
    await a.catchUp(room);
    assert.deepEqual(base64Of(b.group.authenticator), base64Of(a.group.authenticator));
    assert.equal((await b.say(room, await b.seal())).status, 200);
  });
}

async function bringPackages(t: Step, scene: Scene): Promise<void> {
  const { mls, room, a, b, ann, bob, annIs } = await talking(scene);
  const { server, second = scene.server } = scene;
  const { sql } = server.parts.database;
  const tablet = await GroupDevice.another(mls, ann, annIs);

  await t.step("what is no package of this device is refused", async () => {
    const refused = async (body: unknown) =>
      (await tablet.person.try("PUT", "/key-packages", body)).body.error.code;
    const foreign = base64Of((await a.makePackage()).publicBytes);
    assert.equal(await refused({ packages: [foreign] }), "invalid");
    const last = base64Of((await tablet.makePackage({ lastResort: true })).publicBytes);
    assert.equal(await refused({ packages: [last] }), "invalid");
    const long = base64Of((await tablet.makePackage({ forMs: 90 * 86_400_000 })).publicBytes);
    assert.equal(await refused({ packages: [long] }), "invalid");
    const good = (await tablet.makePackage()).publicBytes.slice();
    good[good.length - 3] = (good.at(-3) as number) ^ 1;
    assert.equal(await refused({ packages: [base64Of(good)] }), "policy");
    const login = await ann.api.call("POST", "/login", {
      body: { user_name: ann.id, password: PASSWORD },
    });
    const plain = await server.call("GET", "/key-packages", {
      token: login.body.tokens.access_token,
    });
    assert.equal(plain.body.error.code, "forbidden", "a session that is no device has none");
  });

  await t.step(
    "one claim of a room is open at a time; two processes give nothing twice",
    async () => {
      await tablet.upload(1, { lastResort: true });
      const there = (token: string) => async () => {
        const { status, body } = await second.call("POST", `/rooms/${room}/key-packages`, {
          token,
          body: { devices: [tablet.ref] },
        });
        assert.equal(status, 200, JSON.stringify(body));
        return body.packages[0].key_package as string;
      };
      const here = async () => base64Of((await a.claim(room, [tablet]))[0] as Uint8Array);
      const given = await Promise.all([here(), there(bob.token)(), here(), there(ann.token)()]);
      assert.equal(new Set(given).size, 1, "nobody uses up what a device has brought");
      const [held] = await sql<{ count: number }[]>`
      select count(*)::int as count from mls_key_packages
      where device_id = ${tablet.id} and not last_resort`;
      assert.equal(held?.count, 0);
    },
  );

  await t.step("the last resort is given when none is left, marked, and stays", async () => {
    await sql`delete from mls_claims`;
    const given = await a.claim(room, [tablet]);
    assert.equal(given.length, 1);
    const { left, last_resort, last_resort_used } = await tablet.person.do("GET", "/key-packages");
    assert.deepEqual([left, last_resort, last_resort_used], [0, true, true]);
    await tablet.upload(0, { lastResort: true });
    assert.equal((await tablet.person.do("GET", "/key-packages")).last_resort_used, false);
  });

  await t.step("one that is in the group is used up by nobody who claims it again", async () => {
    await b.upload(8, { lastResort: true });
    const stock = () => b.person.do("GET", "/key-packages");
    const { left: brought } = await stock();
    for (let n = 0; n < 6; n++) assert.equal((await a.claim(room, [b])).length, 1);
    const { left, last_resort_used } = await stock();
    assert.deepEqual([left, last_resort_used], [brought - 4, true]);
    await b.claim(room, [b]);
    assert.equal((await stock()).left, left - 1, "each claimer has their own four");
  });

  await t.step("more than are held of a device are refused whole", async () => {
    await tablet.upload(60);
    const more: string[] = [];
    for (let n = 0; n < 41; n++) more.push(base64Of((await tablet.makePackage()).publicBytes));
    const answer = await tablet.person.try("PUT", "/key-packages", { packages: more });
    assert.equal(answer.body.error.code, "limit_reached");
    assert.equal((await tablet.person.do("GET", "/key-packages")).left, 60);
  });
}

async function restart(first: Homeserver, second: Homeserver, scene: Scene): Promise<void> {
  const { mls, room, a, b, annIs, ann } = await talking(scene);
  const tablet = await GroupDevice.another(mls, ann, annIs);
  await tablet.upload(1);
  await a.add(room, [tablet]);
  const before = await ann.do("GET", `/rooms/${room}/group`);
  await first.stop();
  // Its database ends with the one that starts.
  await second.stop();
  await using server = await startHomeserver({ again: first });
  const again = (device: GroupDevice) => device.on(server);
  const [a2, b2, tablet2] = [again(a), again(b), again(tablet)];
  assert.deepEqual(await a2.person.do("GET", `/rooms/${room}/group`), before);
  await tablet2.join();
  await b2.catchUp(room);
  const { body } = await b2.send(room, await b2.commit());
  assert.equal(body.receipt.prev_receipt, hashReceipt(before.receipt));
  await tablet2.catchUp(room);
  assert.equal((await tablet2.say(room, await tablet2.seal())).status, 200);
}
