import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { SignatureVerifier } from "../event/verify.ts";
import { type EventId, eventIdFromHash, hashOfEventId } from "../ids/event_id.ts";
import { hashOfRoomId, type RoomId, roomIdFromHash } from "../ids/room_id.ts";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { type AgreementKey, newAgreementKey } from "./agreement.ts";
import { type ArchivedKey, readEntries, writeEntries } from "./backup_entries.ts";
import { ByteReader, concat, equalBytes, uint, utf8 } from "./bytes.ts";
import { signStatement, verifyStatement } from "./signing.ts";

/**
 * How a device asks the other devices of its user for keys of messages that it missed, and how
 * they answer: signed by certified devices, sealed for the asking one. PROTOCOL.md 12.
 */

/** Events of one request; their keys fit into one message between devices. */
export const MAX_ASKED_EVENTS = 24;

const VERSION = 1;
const REQUEST = 1;
const ANSWER = 2;
const NONCE_BYTES = 24;
const SIGNATURE_BYTES = 64;
const INFO = utf8("openguild/keys/1");

/** Who asks or answers: a certified device. */
export interface CertifiedDevice {
  /** Its certificate. */
  readonly credential: Uint8Array;
  readonly signatureSeed: Uint8Array;
}

/** A message of this file as it was read: nothing of it is checked yet. */
export interface SignedMessage {
  readonly id: Uint8Array;
  readonly agreement: Uint8Array;
  readonly certificate: Uint8Array;
  /** All bytes, the signature too. */
  readonly bytes: Uint8Array;
}

export interface KeyRequest extends SignedMessage {
  readonly roomId: RoomId;
  readonly eventIds: readonly EventId[];
}

export interface KeyAnswer extends SignedMessage {
  readonly sealed: Uint8Array;
  /** Bytes before the sealed part. */
  readonly head: Uint8Array;
}

/** A request that waits for its answer. */
export interface OpenRequest {
  readonly request: KeyRequest;
  readonly key: AgreementKey;
}

async function sign(device: CertifiedDevice, payload: Uint8Array) {
  const statement = { tag: "e2ee-keys", payload } as const;
  return concat(payload, await signStatement(device.signatureSeed, statement));
}

/** Whether the device whose key this is signed the message. Its certificate is judged elsewhere. */
export function isSignedBy(
  { bytes }: SignedMessage,
  signatureKey: Uint8Array,
  verifier: SignatureVerifier,
): Promise<boolean> {
  const payload = bytes.subarray(0, -SIGNATURE_BYTES);
  const signature = bytes.subarray(-SIGNATURE_BYTES);
  return verifyStatement({ tag: "e2ee-keys", payload }, { key: signatureKey, signature }, verifier);
}

function headOf(
  type: number,
  { id, agreement, certificate }: Omit<SignedMessage, "bytes">,
): Uint8Array<ArrayBuffer> {
  const kind = concat(uint(VERSION, 1), uint(type, 1));
  return concat(kind, id, agreement, uint(certificate.length, 2), certificate);
}

/** Asks for keys of a room's events, 1 to 24. Throws RangeError for another number. */
export async function makeKeyRequest(
  device: CertifiedDevice,
  wanted: { readonly roomId: RoomId; readonly eventIds: readonly EventId[] },
  rng: Rng,
): Promise<OpenRequest> {
  const { roomId, eventIds } = wanted;
  if (eventIds.length < 1 || eventIds.length > MAX_ASKED_EVENTS) {
    throw new RangeError(`Cannot ask for ${eventIds.length} keys: 1 to ${MAX_ASKED_EVENTS} fit`);
  }
  const key = await newAgreementKey(rng);
  const message = {
    id: rng.bytes(16),
    agreement: key.publicKey,
    certificate: device.credential,
  };
  const events = concat(uint(eventIds.length, 1), ...eventIds.map(hashOfEventId));
  const payload = concat(headOf(REQUEST, message), hashOfRoomId(roomId), events);
  return { request: { ...message, roomId, eventIds, bytes: await sign(device, payload) }, key };
}

function readHead(
  reader: ByteReader,
  type: number,
): Omit<SignedMessage, "bytes"> | undefined {
  if (reader.uint(1) !== VERSION || reader.uint(1) !== type) return undefined;
  const [id, agreement, certificate] = [reader.take(16), reader.take(32), reader.led(2)];
  if (id === undefined || agreement === undefined || certificate === undefined) return undefined;
  if (certificate.length > limits.e2ee.maxCertificateBytes) return undefined;
  return { id, agreement, certificate };
}

/** The request, or undefined where the bytes are none. Never throws. */
export function readKeyRequest(bytes: Uint8Array): KeyRequest | undefined {
  const reader = new ByteReader(bytes);
  const head = readHead(reader, REQUEST);
  const room = reader.take(32);
  const count = reader.uint(1) ?? 0;
  if (head === undefined || room === undefined) return undefined;
  if (count < 1 || count > MAX_ASKED_EVENTS) return undefined;
  if (reader.left !== count * 32 + SIGNATURE_BYTES) return undefined;
  const eventIds = Array.from(
    { length: count },
    () => eventIdFromHash(reader.take(32) as Uint8Array),
  );
  return { ...head, roomId: roomIdFromHash(room), eventIds, bytes };
}

function cipherKey(shared: Uint8Array, request: KeyRequest): Uint8Array {
  return hkdf(sha256, shared, sha256(request.bytes), INFO, 32);
}

/**
 * Answers a request with what it asked for and nothing else. @returns undefined where the asking
 * key is no good.
 */
export async function answerKeyRequest(
  device: CertifiedDevice,
  request: KeyRequest,
  options: { readonly keys: readonly ArchivedKey[]; readonly rng: Rng },
): Promise<Uint8Array | undefined> {
  const own = await newAgreementKey(options.rng);
  const shared = await own.agree(request.agreement);
  if (shared === undefined) return undefined;
  const keys = options.keys.filter(({ eventId }) => request.eventIds.includes(eventId));
  const entries = writeEntries([{ type: "keys", roomId: request.roomId, keys }]);
  const message = {
    id: request.id,
    agreement: own.publicKey,
    certificate: device.credential,
  };
  const head = headOf(ANSWER, message);
  const nonce = options.rng.bytes(NONCE_BYTES);
  const cipher = xchacha20poly1305(cipherKey(shared, request), nonce, head);
  const sealed = concat(nonce, cipher.encrypt(entries));
  return await sign(device, concat(head, uint(sealed.length, 2), sealed));
}

/** The answer, or undefined where the bytes are none. Never throws. */
export function readKeyAnswer(bytes: Uint8Array): KeyAnswer | undefined {
  const reader = new ByteReader(bytes);
  const message = readHead(reader, ANSWER);
  const headEnd = bytes.length - reader.left;
  const sealed = reader.led(2);
  if (message === undefined || sealed === undefined) return undefined;
  if (sealed.length < NONCE_BYTES || reader.left !== SIGNATURE_BYTES) return undefined;
  return { ...message, sealed, head: bytes.subarray(0, headEnd), bytes };
}

/** The keys of an answer that were asked for, or undefined where it does not belong to the request. */
export async function openKeyAnswer(
  { request, key }: OpenRequest,
  answer: KeyAnswer,
): Promise<readonly ArchivedKey[] | undefined> {
  const shared = await key.agree(answer.agreement);
  if (shared === undefined || !equalBytes(answer.id, request.id)) return undefined;
  const nonce = answer.sealed.subarray(0, NONCE_BYTES);
  let opened: Uint8Array;
  try {
    const cipher = xchacha20poly1305(cipherKey(shared, request), nonce, answer.head);
    opened = cipher.decrypt(answer.sealed.subarray(NONCE_BYTES));
  } catch {
    return undefined;
  }
  return readEntries(opened)?.flatMap((entry) =>
    entry.type === "keys" && entry.roomId === request.roomId
      ? entry.keys.filter(({ eventId }) => request.eventIds.includes(eventId))
      : []
  );
}
