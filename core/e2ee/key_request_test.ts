import assert from "node:assert/strict";
import fc from "fast-check";
import { StrictVerifier } from "../event/verify.ts";
import { type EventId, eventIdFromHash } from "../ids/event_id.ts";
import { roomIdFromHash } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { systemRng as rng } from "../../server/system/rng.ts";
import { testDevice, testIdentity } from "../../tests/harness/e2ee_people.ts";
import type { ArchivedKey } from "./backup_entries.ts";
import { fromBase64 } from "./bytes.ts";
import { readCertificate } from "./certificate.ts";
import {
  answerKeyRequest,
  isSignedBy,
  makeKeyRequest,
  MAX_ASKED_EVENTS,
  openKeyAnswer,
  readKeyAnswer,
  readKeyRequest,
} from "./key_request.ts";

const verifier = new StrictVerifier();
const roomId = roomIdFromHash(rng.bytes(32));
const owner = await testIdentity("@alice:example.com" as UserId);

async function deviceOf() {
  const { certificate, seed } = await testDevice(owner, 1_800_000_000_000);
  return { credential: fromBase64(certificate) as Uint8Array, signatureSeed: seed };
}

function keyOf(eventId: EventId): ArchivedKey {
  const [nonce, contentKey, hash] = [rng.bytes(16), rng.bytes(32), rng.bytes(32)];
  return { eventId, nonce, contentKey, hash, kind: "message" };
}

const events = (count: number) =>
  Array.from({ length: count }, () => eventIdFromHash(rng.bytes(32)));
const keyIn = (certificate: Uint8Array) => readCertificate(certificate)?.signatureKey as Uint8Array;
const [fresh, old] = [await deviceOf(), await deviceOf()];

Deno.test("a device asks, another answers with what was asked for and nothing else", async () => {
  const eventIds = events(3);
  const asked = await makeKeyRequest(fresh, { roomId, eventIds }, rng);
  const request = readKeyRequest(asked.request.bytes);
  assert.ok(request);
  assert.deepEqual(request, asked.request);
  assert.equal(await isSignedBy(request, keyIn(request.certificate), verifier), true);
  const keys = [...eventIds.slice(1), ...events(2)].map(keyOf);
  const bytes = await answerKeyRequest(old, request, { keys, rng });
  const answer = bytes && readKeyAnswer(bytes);
  assert.ok(answer);
  assert.equal(await isSignedBy(answer, keyIn(answer.certificate), verifier), true);
  assert.deepEqual(await openKeyAnswer(asked, answer), keys.slice(0, 2));
});

Deno.test("the largest request and its answer fit between devices", async () => {
  const eventIds = events(MAX_ASKED_EVENTS);
  const asked = await makeKeyRequest(fresh, { roomId, eventIds }, rng);
  const keys = eventIds.map(keyOf);
  const answer = await answerKeyRequest(old, asked.request, { keys, rng }) as Uint8Array;
  assert.ok(asked.request.bytes.length <= 4096 && answer.length <= 4096, `${answer.length}`);
  for (const count of [0, MAX_ASKED_EVENTS + 1]) {
    const made = makeKeyRequest(fresh, { roomId, eventIds: events(count) }, rng);
    await assert.rejects(made, RangeError);
  }
});

Deno.test("an answer opens for its own request alone", async () => {
  const eventIds = events(2);
  const asked = await makeKeyRequest(fresh, { roomId, eventIds }, rng);
  const other = await makeKeyRequest(fresh, { roomId, eventIds }, rng);
  const options = { keys: eventIds.map(keyOf), rng };
  const bytes = await answerKeyRequest(old, asked.request, options) as Uint8Array;
  const answer = readKeyAnswer(bytes);
  assert.ok(answer);
  assert.equal(await openKeyAnswer(other, answer), undefined);
  const renamed = { ...other, request: { ...other.request, id: asked.request.id } };
  assert.equal(await openKeyAnswer(renamed, answer), undefined);
  const weak = { ...asked.request, agreement: new Uint8Array(32) };
  assert.equal(await answerKeyRequest(old, weak, options), undefined);
});

Deno.test("no changed bit passes the signature, and none of another device's", async () => {
  const asked = await makeKeyRequest(fresh, { roomId, eventIds: events(1) }, rng);
  const { bytes, certificate } = asked.request;
  for (let at = 0; at < bytes.length; at += 11) {
    const changed = bytes.slice();
    changed[at] = (changed[at] as number) ^ 2;
    const read = readKeyRequest(changed);
    const signed = read !== undefined && await isSignedBy(read, keyIn(certificate), verifier);
    assert.equal(signed, false, `byte ${at}`);
  }
  assert.equal(await isSignedBy(asked.request, keyIn(old.credential), verifier), false);
  assert.equal(readKeyAnswer(bytes), undefined);
  assert.equal(readKeyRequest(bytes.subarray(0, -1)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 900 }), (noise) => {
    assert.equal(readKeyRequest(noise), undefined);
    assert.equal(readKeyAnswer(noise), undefined);
  }));
});
