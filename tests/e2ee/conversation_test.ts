import assert from "node:assert/strict";
import { join } from "node:path";
import { base64Of, fromBase64 } from "../../core/e2ee/bytes.ts";
import { makeCertificate } from "../../core/e2ee/certificate.ts";
import { identityOf } from "../../core/e2ee/identity.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { readGroupInfo } from "../../core/mls/readers.ts";
import { compare } from "../harness/compare_emoji.ts";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { type Homeserver, type Person, startHomeserver } from "../harness/homeserver.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import { FileDeviceStore } from "../harness/device_store.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { befriended } from "./people.ts";

/** A conversation of two, encrypted, each with one device. */
async function conversation(server: Homeserver, folder: string) {
  const [ada, bo] = await befriended(server, ["ada", "bo"]);
  await using stack = new AsyncDisposableStack();
  const open = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder, name) }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const a = await open(ada, "ada-1");
  const b = await open(bo, "bo-1");
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  const kind = dmOf(ada, bo);
  await b.engine.expect(roomId, kind);
  await a.engine.enable(roomId, kind);
  const owned = stack.move();
  return { ada, bo, a, b, roomId, kind, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A search after everything that the device can read was looked through. */
async function searched(client: DeviceClient, roomId: string, query: string) {
  await client.engine.readTexts(roomId);
  const page = await client.engine.search(roomId, query);
  assert.ok(page.complete);
  return page;
}

Deno.test("a device that is let in while it comes in from outside reads what was sealed for it", async () => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [ada, bo] = await befriended(server, ["ada", "bo"]);
  // Neither hears of anything by itself: what happens when is the test's to say.
  const open = async (person: Person, name: string) => {
    const options = { folder: join(folder.path, name), offline: true };
    const client = stack.use(await DeviceClient.open(person, options));
    await client.engine.setUp({ name });
    return client;
  };
  const a = await open(ada, "ada-1");
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  await a.engine.enable(roomId, dmOf(ada, bo));
  const b = await open(bo, "bo-1");
  await b.engine.expect(roomId, dmOf(ada, bo));

  const isIn = async () => {
    const { leaves } = await ada.do("GET", `/rooms/${roomId}/group`);
    return leaves.some(({ user }: { user: string }) => user === bo.id);
  };
  const { transport } = b;
  const call = transport.call.bind(transport);
  let looks = 0;
  transport.call = async (name, input, signal) => {
    // It has seen that it is not in and that no Welcome waits, and looks what to join.
    if (name === "getGroup" && ++looks === 2) {
      await waitFor("ada to let bo in", async () => {
        await a.engine.sync(roomId);
        return await isIn();
      });
      await a.send(roomId, "sealed for who was let in");
    }
    return await call(name, input, signal);
  };
  await b.engine.sync(roomId);
  assert.ok(looks >= 2, "it tried to come in from outside");
  assert.deepEqual(await b.texts(roomId), ["sealed for who was let in"]);
  assert.deepEqual((await bo.do("GET", "/welcomes")).welcomes, []);
});

Deno.test("two devices talk: messages, an edit, a reply, a reaction, and a third device", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  await using talk = await conversation(server, folder.path);
  const { a, b, ada, bo, roomId, kind } = talk;

  await t.step("a message is read by the other, and by its sender", async () => {
    await a.send(roomId, "the first word");
    await b.engine.sync(roomId);
    await b.send(roomId, "an answer");
    assert.deepEqual(await b.texts(roomId), ["the first word", "an answer"]);
    assert.deepEqual(await a.texts(roomId), ["the first word", "an answer"]);
  });

  await t.step("an edit, a reply and a reaction", async () => {
    const said = await a.send(roomId, "befor the edit");
    await a.edit(roomId, said.id, "after the edit");
    await b.send(roomId, "a reply", { replyTo: said.id });
    await b.react(roomId, said.id, "👍");
    const texts = ["the first word", "an answer", "after the edit", "a reply"];
    assert.deepEqual(await a.texts(roomId), texts);
    assert.deepEqual(await b.texts(roomId), texts);
    const { sealed_reactions: reactions } = await a.person.do(
      "GET",
      `/rooms/${roomId}/messages/${said.id}`,
    );
    const opened = await a.engine.open({
      roomId,
      channelId: "main",
      eventId: reactions[0].id,
      sender: bo.id,
      sealed: reactions[0].sealed,
      relation: { kind: "reaction", event_id: said.id } as never,
    }, { waitMs: 20_000 });
    assert.equal("payload" in opened && opened.payload.key, "👍");
  });

  await t.step("what was said is found on the device, by its newest words", async () => {
    const said = await a.send(roomId, "Où est la CLÉ bleue?");
    const first = await searched(b, roomId, "cle  OU");
    assert.deepEqual(first.found.map(({ eventId, sender }) => [eventId, sender]), [
      [said.id, ada.id],
    ]);
    assert.deepEqual((await searched(b, roomId, "befor")).found, []);
    const { found } = await searched(b, roomId, "the");
    assert.deepEqual(found.map(({ text }) => text), ["after the edit", "the first word"]);
    const page = await b.engine.search(roomId, "the", { skip: 1, limit: 1 });
    assert.deepEqual([page.found.map(({ text }) => text), page.hasMore], [
      ["the first word"],
      false,
    ]);
    await b.engine.forgetTexts(roomId, [said.id]);
    assert.deepEqual((await searched(b, roomId, "bleue")).found, []);
    const reacted = await searched(b, roomId, "👍");
    assert.deepEqual(reacted.found, []);
    await a.person.do("POST", "/redact", {
      room_id: roomId,
      channel_id: "main",
      event_ids: [said.id],
    });
  });

  await t.step("a new device of Bo is let in once it is approved, by a backup", async () => {
    await b.engine.sync(roomId);
    const { recoveryKey } = await b.engine.createBackup();
    const again = await signInAgain(server, bo);
    await using phone = await DeviceClient.open(again, { folder: join(folder.path, "bo-2") });
    assert.equal((await phone.engine.setUp({ name: "phone" })).phase, "unapproved");
    await assert.rejects(phone.engine.restore({ recoveryKey: recoveryKey.replace(/^./, "z") }));
    const way = { credentialId: systemRng.bytes(40), prfInput: systemRng.bytes(32) };
    const prf = systemRng.bytes(32);
    await b.engine.addPasskey({ ...way, prf });
    const asked = await phone.engine.passkeyWay();
    assert.deepEqual([asked?.credentialId, asked?.prfInput], [way.credentialId, way.prfInput]);
    await assert.rejects(phone.engine.restore({ passkey: way.prfInput }), /does not open/);
    // An extra: with it alone one would stand before a closed door.
    await assert.rejects(b.engine.removeSlot("recovery_key"), RangeError);
    const { keys } = await phone.engine.restore({ passkey: prf });
    await b.engine.removeSlot("passkey");
    assert.equal(await phone.engine.passkeyWay(), undefined);
    await phone.engine.restore({ recoveryKey });
    assert.ok(keys >= 6, `${keys} keys`);
    assert.equal(phone.engine.state().phase, "ready");
    await phone.engine.expect(roomId, kind);
    await phone.engine.sync(roomId);
    await a.send(roomId, "to all three");
    assert.deepEqual(await phone.texts(roomId), await a.texts(roomId));
    assert.equal((await searched(phone, roomId, "first word")).found.length, 1);
    assert.equal((await phone.texts(roomId)).at(-1), "to all three");
    await phone.send(roomId, "from the phone");
    assert.equal((await a.texts(roomId)).at(-1), "from the phone");
    assert.equal((await b.texts(roomId)).at(-1), "from the phone");
  });

  await t.step(
    "another device of Bo is approved by emoji, and has the history with it",
    async () => {
      const again = await signInAgain(server, bo);
      await using laptop = await DeviceClient.open(again, { folder: join(folder.path, "bo-3") });
      assert.equal((await laptop.engine.setUp({ name: "laptop" })).phase, "unapproved");
      await compare(laptop, b, await laptop.engine.startVerification(bo.id, "*"));
      await waitFor("the laptop", () => laptop.engine.state().phase === "ready");
      await laptop.engine.expect(roomId, kind);
      await laptop.engine.sync(roomId);
      await a.send(roomId, "to the laptop");
      assert.deepEqual(await laptop.texts(roomId), await a.texts(roomId));
    },
  );

  const tabletSession = await signInAgain(server, ada);
  const tabletOptions = {
    folder: join(folder.path, "ada-2"),
    clock: { ...systemClock, sleep: hurried },
  };
  await t.step(
    "without a backup a new device asks the old one for what was said before",
    async () => {
      await using tablet = await DeviceClient.open(tabletSession, tabletOptions);
      await tablet.engine.setUp({ name: "tablet" });
      await compare(tablet, a, await tablet.engine.startVerification(ada.id, "*"));
      await waitFor("the tablet", () => tablet.engine.state().phase === "ready");
      await tablet.engine.expect(roomId, kind);
      await tablet.engine.sync(roomId);
      await b.send(roomId, "to the tablet");
      const wanted = await a.texts(roomId);
      await waitFor("the history on the tablet", async () => {
        const texts = await tablet.texts(roomId);
        return texts.join("\n") === wanted.join("\n");
      });
      assert.equal(wanted[0], "the first word");
      assert.equal(tablet.engine.state().backup, "none");
    },
  );

  await t.step("a renewed certificate goes onto the device's leaf", async () => {
    const certificate = await renewCertificate(tabletSession, tabletOptions.folder);
    await using tablet = await DeviceClient.open(tabletSession, tabletOptions);
    await waitFor("the new certificate", async () => {
      await tablet.engine.sync(roomId);
      const { group_info } = await bo.do("GET", `/rooms/${roomId}/group`);
      const { leaves } = readGroupInfo(fromBase64(group_info) as Uint8Array);
      return leaves.some(({ credential }) => base64Of(credential) === certificate);
    });
    await tablet.send(roomId, "certified anew");
    assert.equal((await b.texts(roomId)).at(-1), "certified anew");
  });

  await t.step("two people compare emoji: the room is verified on both sides", async () => {
    assert.equal(a.engine.room(roomId).trust, "encrypted");
    await compare(a, b, await a.engine.startVerification(bo.id, b.engine.state().deviceId ?? ""));
    for (const client of [a, b]) {
      await client.until(roomId, "verified", ({ trust }) => trust === "verified");
    }
  });

  await t.step(
    "a reported message is opened by the server with the keys given, no other",
    async () => {
      const said = await a.send(roomId, "unkind words");
      const edited = await a.edit(roomId, said.id, "kinder words");
      const next = await a.send(roomId, "nobody's business");
      assert.equal((await b.texts(roomId)).at(-1), "nobody's business");
      const ids = [said.id, edited.sealed_event_id ?? ""];
      const keys = await b.engine.disclose(roomId, [...ids, "no event"]);
      assert.deepEqual(keys.map(({ event_id }) => event_id), ids);
      const report = (given: unknown) =>
        bo.try("POST", `/rooms/${roomId}/messages/${said.id}/report`, {
          reason: "harassment",
          note: "Look at the first wording",
          keys: given,
        });
      const [strange] = await b.engine.disclose(roomId, [next.id]);
      for (const wrong of [[{ ...keys[0], key: strange?.key }], [strange]]) {
        const { status, body } = await report(wrong);
        assert.deepEqual([status, body.error.code], [400, "invalid"]);
      }
      assert.equal((await report([])).status, 200);
      const list = (state: string) => ada.do("GET", `/admin/reports?state=${state}`);
      const bare = (await list("open")).reports[0];
      assert.deepEqual(bare.wordings.map(({ body }: { body: unknown }) => body), [null, null]);
      // Again, with what opens it: the newer report stands in place of the first.
      assert.equal((await report(keys)).status, 200);
      const { reports: [open], open: count } = await list("open");
      assert.deepEqual(
        [count, open.sealed, open.author.id, open.reporter.id, open.note],
        [1, true, ada.id, bo.id, "Look at the first wording"],
      );
      assert.deepEqual(
        open.wordings.map(({ event_id, body }: { event_id: string; body: string }) => [
          event_id,
          body,
        ]),
        [[ids[0], "unkind words"], [ids[1], "kinder words"]],
      );
      assert.equal((await bo.try("GET", "/admin/reports")).status, 403);
      assert.equal(
        (await ada.try("POST", `/rooms/${roomId}/messages/${said.id}/report`, {
          reason: "other",
        })).status,
        403,
        "one's own message",
      );
      const close = () =>
        ada.try("POST", `/admin/reports/${open.id}/close`, {
          outcome: "acted",
          note: "Spoke to Ada",
        });
      assert.equal((await close()).status, 200);
      assert.deepEqual([(await close()).body.error.code, (await list("open")).open], [
        "conflict",
        0,
      ]);
      const { closed } = (await list("closed")).reports[0];
      assert.deepEqual([closed.outcome, closed.by, closed.note], ["acted", ada.id, "Spoke to Ada"]);
      const { entries } = await ada.do("GET", "/admin/audit?action=report");
      assert.deepEqual(
        [entries[0].action, entries[0].target, entries[0].reason],
        ["report.close", ada.id, "Spoke to Ada"],
      );
    },
  );

  for (const client of [a, b]) assert.deepEqual(client.engine.counters(), {});
});

/**
 * Gives a device that does not run the certificate that it makes itself when its own ages, which
 * takes longer than a test: written into its store and registered, as it does that.
 */
async function renewCertificate(person: Person, folder: string): Promise<string> {
  await using store = await FileDeviceStore.open(folder);
  const bytes = await store.get("device", "own") as Uint8Array;
  const row = JSON.parse(new TextDecoder().decode(bytes));
  const read = (text: string) => fromBase64(text) as Uint8Array;
  const { msk, ssk, usk } = row.secrets;
  const secrets = { user: person.id as UserId, msk: read(msk), ssk: read(ssk), usk: read(usk) };
  const made = await makeCertificate(secrets, await identityOf(secrets), {
    device: row.deviceId,
    signatureKey: read(row.signatureKey),
    expiryMs: Date.now() + 400 * 24 * 3_600_000,
  });
  const certificate = base64Of(made);
  const value = new TextEncoder().encode(JSON.stringify({ ...row, certificate }));
  await store.write([{ table: "device", key: "own", value }]);
  await person.do("PUT", `/devices/${row.deviceId}`, { certificate, name: row.name });
  return certificate;
}

/** Waits of seconds are over in no time; what is waited for is looked at. */
function hurried(ms: number, signal?: AbortSignal): Promise<void> {
  return systemClock.sleep(ms > 60_000 ? ms : ms / 50, signal);
}
