import assert from "node:assert/strict";
import { join } from "node:path";
import { StrictVerifier } from "../../event/verify.ts";
import { type EventId, eventIdFromHash } from "../../ids/event_id.ts";
import { roomIdFromHash } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { systemRng as rng } from "../../../server/system/rng.ts";
import { FileDeviceStore } from "../../../tests/harness/device_store.ts";
import { testDevice, testIdentity } from "../../../tests/harness/e2ee_people.ts";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { type KeyAnswer, makeKeyRequest, openKeyAnswer, readKeyAnswer } from "../key_request.ts";
import { Archive, type ContentKey } from "./archive.ts";
import type { ToDeviceItem } from "./calls.ts";
import { KeyRequests } from "./key_requests.ts";
import type { OwnDevice } from "./own_device.ts";
import { gapRow, type KeyEvent } from "./gaps.ts";
import { type EnginePorts, ServerUnreachable } from "./ports.ts";
import { Trust } from "./trust.ts";

const alice = "@alice:example.com" as UserId;
const roomId = roomIdFromHash(rng.bytes(32));
const owner = await testIdentity(alice);
const NOW = 1_800_000_000_000;

interface Told {
  user_id: string;
  device_id: string;
  kind: string;
  body: string;
}

/** Devices of one user with inboxes, and what their server lists. */
class Household implements AsyncDisposable {
  readonly listed: { device: string; certificate: string }[] = [];
  readonly sent: { readonly from: string; readonly told: Told }[] = [];
  readonly clock = new ManualClock(NOW);
  /** What waits for its time. */
  readonly later: { readonly ms: number; readonly task: () => Promise<void> }[] = [];
  /** Nothing reaches people elsewhere. */
  cut = false;
  readonly #stack = new AsyncDisposableStack();

  async device(identity = owner) {
    const folder = this.#stack.use(await tempFolder());
    const store = this.#stack.use(await FileDeviceStore.open(join(folder.path, "store")));
    const { id, seed, certificate } = await testDevice(identity, NOW);
    this.listed.push({ device: id, certificate });
    const call = (name: string, { body }: { body: Told }) => {
      if (name === "queryIdentities") {
        return Promise.resolve({ users: [{ devices: [...this.listed] }] });
      }
      if (this.cut && body.user_id !== alice) throw new ServerUnreachable("cut");
      this.sent.push({ from: id, told: body });
      return Promise.resolve({ devices: this.listed.length - 1 });
    };
    const ports = { store, rng, clock: this.clock, transport: { call } } as unknown as EnginePorts;
    const trust = new Trust({
      owner: alice,
      store,
      clock: this.clock,
      verifier: new StrictVerifier(),
      changed: () => undefined,
    });
    await trust.verify(alice, owner.identity.msk);
    const credential = fromBase64(certificate) as Uint8Array;
    const keys = { credential, signatureSeed: seed };
    const device = { userId: alice, id, phase: "ready", keys } as unknown as OwnDevice;
    const archive = new Archive(store);
    const found: string[] = [];
    const requests = new KeyRequests({
      ports,
      device,
      trust,
      archive,
      backup: { rowsFor: () => [] },
      later: (ms, task) => this.later.push({ ms, task }),
      read: () => Promise.resolve(),
      emit: (change) => change.what === "keys" && found.push(...change.eventIds),
    });
    const put = (eventId: EventId, value: Parameters<Archive["put"]>[2]) =>
      store.write([archive.put(roomId, eventId, value)]);
    return { id, keys, requests, archive, put, found, trust, store };
  }

  /** The message as the server hands it out; it may lie about the sender. */
  item({ from, told }: Household["sent"][number], change: Partial<ToDeviceItem> = {}) {
    const { kind, body } = told;
    const item = { id: "1", from: alice, from_device: from, kind, body, sent_ts: 0, ...change };
    return item as ToDeviceItem;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

const contentKey = (): ContentKey => ({
  nonce: rng.bytes(16),
  contentKey: rng.bytes(32),
  hash: rng.bytes(32),
  kind: "message",
  device: "old",
});
const event = () => eventIdFromHash(rng.bytes(32));

Deno.test("missed keys come from the other device, round by round, and are asked for once", async () => {
  await using house = new Household();
  const [old, fresh] = [await house.device(), await house.device()];
  const events = Array.from({ length: 60 }, event);
  for (const eventId of events) {
    await old.put(eventId, contentKey());
    await fresh.put(eventId, { fault: "before_join" });
  }
  await fresh.requests.ask(roomId);
  await fresh.requests.ask(roomId);
  for (let at = 0; at < house.sent.length; at++) {
    const message = house.sent[at] as typeof house.sent[number];
    const { requests } = message.from === fresh.id ? old : fresh;
    assert.equal(await requests.receive(house.item(message)), true);
  }
  assert.deepEqual(house.sent.map(({ told }) => told.kind), [
    "keys.request",
    "keys.answer",
    "keys.request",
    "keys.answer",
    "keys.request",
    "keys.answer",
  ]);
  assert.deepEqual(fresh.found.toSorted(), events.toSorted());
  for (const eventId of events) {
    const [theirs, own] = [
      await old.archive.get(roomId, eventId),
      await fresh.archive.get(roomId, eventId),
    ];
    assert.deepEqual(own, { ...theirs, device: undefined });
  }
});

Deno.test("a sender who was out of reach is asked later, and so is what is missed meanwhile", async () => {
  await using house = new Household();
  const own = await house.device();
  const miss = async (sender: string) => {
    const event_id = event();
    const sealed = { epoch: 3, nonce: base64Of(rng.bytes(16)) } as KeyEvent["sealed"];
    await own.store.write([gapRow(roomId, { event_id, sender, sealed })]);
  };
  const due = async () => {
    for (const { task } of house.later.splice(0)) await task();
  };
  const asked = () => house.sent.splice(0).map(({ told }) => told.user_id);
  const bob = "@bob:example.org";
  await miss(bob);
  house.cut = true;
  await own.requests.ask(roomId);
  assert.deepEqual(asked(), [alice]);
  house.cut = false;
  await due();
  assert.deepEqual(asked(), [bob]);

  // Another own device is there now, and asked: what is missed then must not wait for good.
  await house.device();
  await miss(bob);
  await own.requests.ask(roomId);
  assert.deepEqual(asked(), [alice]);
  await miss("@cy:example.net");
  await own.requests.ask(roomId);
  assert.deepEqual(asked(), []);
  await due();
  assert.deepEqual(asked().toSorted(), [bob, bob, "@cy:example.net"]);
});

Deno.test("a sender who is gone is asked three times, and then no more", async () => {
  await using house = new Household();
  const own = await house.device();
  const event_id = event();
  const sealed = { epoch: 3, nonce: base64Of(rng.bytes(16)) } as KeyEvent["sealed"];
  await own.store.write([gapRow(roomId, { event_id, sender: "@bob:example.org", sealed })]);
  await own.requests.ask(roomId);
  const waited: number[] = [];
  for (let next = house.later.shift(); next !== undefined; next = house.later.shift()) {
    waited.push(next.ms);
    house.clock.advance(next.ms);
    await next.task();
    // Meanwhile rooms are looked at all the time.
    await own.requests.ask(roomId);
  }
  const asked = house.sent.filter(({ told }) => told.user_id !== alice);
  assert.equal(asked.length, 3, `${waited}`);
  assert.deepEqual(own.found, []);
});

Deno.test("a key that comes late is taken, whatever was asked for meanwhile; a second answer changes nothing", async () => {
  await using house = new Household();
  const [off, other, fresh] = [
    await house.device(),
    await house.device(),
    await house.device(),
  ];
  const [first, second] = [event(), event()];
  const key = contentKey();
  await off.put(first, key);
  await other.put(first, contentKey());
  await fresh.put(first, { fault: "before_join" });
  await fresh.requests.ask(roomId);
  const [asked] = house.sent.splice(0);
  assert.ok(asked);
  // Nobody is there. Long after that something else is missed, and asked for.
  house.clock.advance(3 * 3_600_000);
  await fresh.put(second, { fault: "before_join" });
  await fresh.requests.ask(roomId);
  assert.equal(house.sent.splice(0).length, 1);
  // Both devices come on in the same moment.
  for (const { requests } of [off, other]) await requests.receive(house.item(asked));
  const answers = house.sent.splice(0);
  assert.equal(answers.length, 2);
  for (const answer of answers) await fresh.requests.receive(house.item(answer));
  assert.deepEqual(fresh.found, [first]);
  assert.deepEqual(await fresh.archive.get(roomId, first), { ...key, device: undefined });
});

Deno.test("what was judged here is not written over by another device", async () => {
  await using house = new Household();
  const [old, fresh] = [await house.device(), await house.device()];
  const [missed, forged, read] = [event(), event(), event()];
  const own = contentKey();
  for (const eventId of [missed, forged, read]) await old.put(eventId, contentKey());
  for (const eventId of [missed, forged, read]) await fresh.put(eventId, { fault: "before_join" });
  await fresh.requests.ask(roomId);
  await old.requests.receive(house.item(house.sent[0] as typeof house.sent[number]));
  await fresh.put(forged, { fault: "not_genuine" });
  await fresh.put(read, own);
  await fresh.requests.receive(house.item(house.sent[1] as typeof house.sent[number]));
  assert.deepEqual(fresh.found, [missed]);
  assert.deepEqual(await fresh.archive.get(roomId, forged), { fault: "not_genuine" });
  assert.deepEqual(await fresh.archive.get(roomId, read), own);
});

Deno.test("nobody but a certified, listed device of the user is answered", async () => {
  await using house = new Household();
  const old = await house.device();
  const fresh = await house.device();
  const eventId = event();
  await old.put(eventId, contentKey());
  await fresh.put(eventId, { fault: "before_join" });
  await fresh.requests.ask(roomId);
  const asked = house.sent.pop() as typeof house.sent[number];
  // A server's own identity under the user's name, a removed device, and lies about the sender.
  const ghost = await house.device(await testIdentity(alice));
  const wanted = { roomId, eventIds: [eventId] };
  const forged = await makeKeyRequest(ghost.keys, wanted, rng);
  const body = base64Of(forged.request.bytes);
  const borrowed = { credential: fresh.keys.credential, signatureSeed: ghost.keys.signatureSeed };
  const stolen = await makeKeyRequest(borrowed, wanted, rng);
  const lies: Partial<ToDeviceItem>[] = [
    { from: "@bob:example.org" },
    { from_device: ghost.id },
    { from_device: null },
    { from_device: old.id },
    { body },
    { body, from_device: ghost.id },
    { body: base64Of(stolen.request.bytes) },
    { body: "AAAA" },
    { body: "not base64!" },
  ];
  for (const change of lies) {
    assert.equal(await old.requests.receive(house.item(asked, change)), true);
    assert.deepEqual(house.sent, [], JSON.stringify(change));
  }
  const listed = house.listed.splice(1, 1);
  await old.requests.receive(house.item(asked));
  assert.deepEqual(house.sent, []);
  house.listed.push(...listed);
  await old.requests.receive(house.item(asked));
  assert.equal(house.sent.length, 1);
  assert.equal(await old.requests.receive(house.item(asked, { kind: "welcome" })), false);
});

Deno.test("somebody who was a member before their device came is given what was sealed since, by who saw it so", async () => {
  await using house = new Household();
  const own = await house.device();
  const [HOUR, DAY] = [3_600_000, 86_400_000];
  const sealed = { early: NOW - 9 * DAY, before: NOW - HOUR, unheard: NOW - 60_000, after: NOW };
  const ids = new Map<string, EventId>();
  for (const [name, ownMs] of Object.entries(sealed)) {
    const eventId = event();
    ids.set(name, eventId);
    await own.put(eventId, { ...contentKey(), ownEpoch: 4, ownMs });
  }
  // Sealed by a device of before, which kept no time.
  await own.put(event(), { ...contentKey(), ownEpoch: 4 });
  const asks = async (name: string, known: readonly [number, boolean] | undefined) => {
    const of = await testIdentity(name as UserId);
    const { id, keys } = await house.device(of);
    await own.trust.observe([of.identity]);
    const members = known === undefined ? {} : { [name]: known };
    const value = new TextEncoder().encode(JSON.stringify(members));
    await own.store.write([{ table: "groups", key: `${roomId}/members`, value }]);
    const open = await makeKeyRequest(keys, { roomId, eventIds: [...ids.values()] }, rng);
    house.sent.splice(0);
    const body = base64Of(open.request.bytes);
    const item = { id: "1", from: name, from_device: id, kind: "keys.request", body, sent_ts: 0 };
    await own.requests.receive(item as ToDeviceItem);
    const [answer] = house.sent.splice(0);
    if (answer === undefined) return [];
    const read = readKeyAnswer(fromBase64(answer.told.body) as Uint8Array) as KeyAnswer;
    const given = await openKeyAnswer(open, read);
    return given?.map(({ eventId }) => [...ids].find(([, known]) => known === eventId)?.[0]);
  };
  assert.deepEqual(await asks("@bob:example.org", [NOW, true]), ["unheard", "after"]);
  assert.deepEqual(await asks("@long:example.org", [0, true]), ["before", "unheard", "after"]);
  assert.deepEqual(await asks("@outside:example.org", [0, false]), [], "no device in the group");
  assert.deepEqual(await asks("@stranger:example.net", undefined), []);
});

Deno.test("of others, who was in the group when a message was sealed is answered, and nobody else", async () => {
  await using house = new Household();
  const own = await house.device();
  const [before, after] = [event(), event()];
  await own.put(before, { ...contentKey(), ownEpoch: 4 });
  await own.put(after, { ...contentKey(), ownEpoch: 5 });
  // Read here, sealed elsewhere: only its sender may hand it out.
  const foreign = event();
  await own.put(foreign, contentKey());
  const eventIds = [before, after, foreign];
  const asks = async (name: string) => {
    const of = await testIdentity(name as UserId);
    const { id, keys } = await house.device(of);
    const open = await makeKeyRequest(keys, { roomId, eventIds }, rng);
    const item = { id: "1", from: name, from_device: id, kind: "keys.request", sent_ts: 0 };
    return { of, item, open };
  };
  const [removed, stranger, unknown] = [
    await asks("@bob:example.org"),
    await asks("@mallory:example.net"),
    await asks("@nobody:example.net"),
  ];
  const rosters = [[4, [alice, removed.of.identity.user]], [5, [alice]]] as const;
  await own.store.write(rosters.map(([epoch, users]) => ({
    table: "groups" as const,
    key: `${roomId}/roster/${String(epoch).padStart(12, "0")}`,
    value: new TextEncoder().encode(JSON.stringify(users)),
  })));
  // Seen in groups; of the third one nothing was ever heard.
  await own.trust.observe([removed, stranger].map(({ of }) => of.identity));
  const receive = ({ item, open }: typeof removed) =>
    own.requests.receive({ ...item, body: base64Of(open.request.bytes) } as ToDeviceItem);
  for (const each of [stranger, unknown]) {
    await receive(each);
    assert.deepEqual(house.sent, [], each.item.from);
  }
  await receive(removed);
  const [answer] = house.sent;
  assert.equal(answer?.told.user_id, removed.item.from);
  const opened = await openKeyAnswer(
    removed.open,
    readKeyAnswer(fromBase64(answer?.told.body ?? "") as Uint8Array) as KeyAnswer,
  );
  assert.deepEqual(opened?.map(({ eventId }) => eventId), [before]);
});
