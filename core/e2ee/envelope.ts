import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { JsonValue } from "../event/json.ts";
import { parseJson } from "../event/json_parse.ts";
import { canonicalFault, writeCanonicalBytes } from "../event/json_write.ts";
import type { Relation } from "../event/kinds/relation.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import type { RoomId } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { base64Of, concat, equalBytes, framed, fromBase64, uint } from "./bytes.ts";
import { type SealedDraft, type SealedPayload, sealedPayload } from "./payload.ts";

/** Where and by whom something is said. It is bound to all of it and opens nowhere else. */
export interface SealedPlace {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly sender: UserId;
  /** `relates_to` of the event, or undefined where it has none. */
  readonly relation: Relation | undefined;
}

/** What a message key is for; the first thing that a receiver learns. */
export type RecordKind = "message" | "edit" | "reaction" | "history";
/** One byte for each, in records and in backups. */
export const RECORD_KIND_CODES: Readonly<Record<RecordKind, number>> = {
  message: 1,
  edit: 2,
  reaction: 3,
  history: 4,
};

/** The kind of a code, or undefined. */
export function recordKindOf(code: number | undefined): RecordKind | undefined {
  const kinds = Object.keys(RECORD_KIND_CODES) as RecordKind[];
  return kinds.find((kind) => RECORD_KIND_CODES[kind] === code);
}

/** What travels inside MLS, and what an archive keeps: enough to open one body, and only that one. */
export interface MessageKey {
  /** 16 bytes, as in the event. */
  readonly nonce: Uint8Array;
  /** 32 bytes. */
  readonly contentKey: Uint8Array;
  /** SHA-256 of the sealed body, 32 bytes. */
  readonly hash: Uint8Array;
  readonly kind: RecordKind;
}

/** The parts of an event's `sealed` that this file makes and reads; base64 without padding. */
export interface SealedBody {
  readonly v: 1;
  readonly nonce: string;
  readonly body: string;
  /** It is no news. Only what shares history is, as its key says. */
  readonly quiet?: true | undefined;
}

export type SealReason =
  | "malformed_record"
  | "malformed"
  | "wrong_nonce"
  | "wrong_hash"
  | "wrong_place"
  | "wrong_relation"
  | "wrong_kind"
  | "bad_payload";

export type OpenResult =
  | { readonly ok: true; readonly payload: SealedPayload }
  | { readonly ok: false; readonly reason: SealReason; readonly message: string };

const AAD_LABEL = "openguild/sealed/1";
const RECORD_VERSION = 1;
const NONCE_BYTES = 16;
const CIPHER_NONCE_BYTES = 24;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
const MAX_BODY_CHARS = Math.ceil(limits.sealed.maxBodyBytes * 4 / 3);

function aadOf(place: SealedPlace, nonce: Uint8Array): Uint8Array {
  return framed(AAD_LABEL, place.roomId, place.channelId, place.sender, nonce);
}

function kindOf(payload: SealedPayload): RecordKind {
  if (payload.type !== "message") return payload.type;
  return payload.relates_to?.kind === "edit" ? "edit" : "message";
}

/** The size that a plaintext of so many bytes is padded to, or undefined where it is too long. */
export function bucketOf(bytes: number): number | undefined {
  const { minBucketBytes, maxBucketBytes } = limits.sealed;
  if (bytes > maxBucketBytes) return undefined;
  let bucket: number = minBucketBytes;
  while (bucket < bytes) bucket *= 2;
  return bucket;
}

function pad(json: Uint8Array): Uint8Array<ArrayBuffer> {
  const bucket = bucketOf(json.length + LENGTH_BYTES);
  if (bucket === undefined) {
    const most = limits.sealed.maxBucketBytes - LENGTH_BYTES;
    throw new RangeError(
      `Cannot seal a message of ${json.length} bytes: at most ${most} fit. Send it in parts.`,
    );
  }
  const padded = new Uint8Array(bucket);
  padded.set(uint(json.length, LENGTH_BYTES));
  padded.set(json, LENGTH_BYTES);
  return padded;
}

/** The bytes inside padding of exactly the bucket's size and only zeros, or undefined. */
function unpad(padded: Uint8Array): Uint8Array | undefined {
  const length = padded.subarray(0, LENGTH_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = LENGTH_BYTES + length;
  if (padded.length < LENGTH_BYTES || bucketOf(end) !== padded.length) return undefined;
  return padded.subarray(end).some((byte) => byte !== 0)
    ? undefined
    : padded.subarray(LENGTH_BYTES, end);
}

/**
 * Seals what is said for one place. `payload.relates_to` is set from the place. Throws RangeError
 * where the payload has a wrong shape or is too long.
 */
export function seal(
  { payload, place, rng }: {
    readonly payload: SealedDraft;
    readonly place: SealedPlace;
    readonly rng: Rng;
  },
): { readonly sealed: SealedBody; readonly key: MessageKey; readonly record: Uint8Array } {
  const { relation } = place;
  const said = { ...payload, ...(relation === undefined ? {} : { relates_to: relation }) };
  const fault = canonicalFault(said)?.message ?? sealedPayload.fault(said as unknown as JsonValue);
  if (fault !== undefined) throw new RangeError(`Cannot seal a message: payload${fault}`);
  const nonce = rng.bytes(NONCE_BYTES);
  const contentKey = rng.bytes(32);
  const cipherNonce = rng.bytes(CIPHER_NONCE_BYTES);
  const plaintext = pad(writeCanonicalBytes(said as unknown as JsonValue));
  const cipher = xchacha20poly1305(contentKey, cipherNonce, aadOf(place, nonce));
  const body = concat(cipherNonce, cipher.encrypt(plaintext));
  const key = { nonce, contentKey, hash: sha256(body), kind: kindOf(said) };
  return {
    sealed: {
      v: 1,
      nonce: base64Of(nonce),
      body: base64Of(body),
      ...(key.kind === "history" ? { quiet: true as const } : {}),
    },
    key,
    record: writeRecord(key),
  };
}

/** The record of a key: always 256 bytes, so that nothing shows in its length. */
export function writeRecord(
  { nonce, contentKey, hash, kind }: MessageKey,
): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(limits.sealed.recordBytes);
  const version = uint(RECORD_VERSION, 1);
  record.set(concat(version, nonce, contentKey, hash, uint(RECORD_KIND_CODES[kind], 1)));
  return record;
}

/** The key, or undefined: another version, size or kind, or padding that is not zero. */
export function readRecord(record: Uint8Array): MessageKey | undefined {
  if (record.length !== limits.sealed.recordBytes || record[0] !== RECORD_VERSION) return undefined;
  const kind = recordKindOf(record[81]);
  if (kind === undefined || record.subarray(82).some((byte) => byte !== 0)) return undefined;
  return {
    nonce: record.slice(1, 17),
    contentKey: record.slice(17, 49),
    hash: record.slice(49, 81),
    kind,
  };
}

function refused(reason: SealReason, message: string): OpenResult {
  return { ok: false, reason, message };
}

/**
 * Opens a body with its key. The hash is compared first: it binds the key to this body, which the
 * cipher alone does not. Never throws for bad input.
 */
export function open(
  { sealed, key, place, anyRelation = false }: {
    readonly sealed: SealedBody;
    readonly key: MessageKey | Uint8Array;
    readonly place: SealedPlace;
    /** What it belongs to is not known outside, and taken from inside (`relates_to`). */
    readonly anyRelation?: boolean;
  },
): OpenResult {
  const known = key instanceof Uint8Array ? readRecord(key) : key;
  if (known === undefined) {
    return refused("malformed_record", "The key record has another version or size");
  }
  if (sealed.body.length > MAX_BODY_CHARS) {
    return refused("malformed", `The sealed body has ${sealed.body.length} characters`);
  }
  if (sealed.quiet === true && known.kind !== "history") {
    return refused("wrong_kind", `A ${known.kind} that is said to be no news`);
  }
  const nonce = fromBase64(sealed.nonce, NONCE_BYTES);
  const body = fromBase64(sealed.body);
  if (sealed.v !== 1 || nonce === undefined || body === undefined) {
    return refused("malformed", "The sealed object has another version, or its base64 is wrong");
  }
  if (!equalBytes(nonce, known.nonce)) {
    return refused("wrong_nonce", "The key belongs to another message");
  }
  if (!equalBytes(sha256(body), known.hash)) {
    return refused("wrong_hash", "The sealed body is not the one that the sender made");
  }
  if (body.length < CIPHER_NONCE_BYTES + TAG_BYTES) {
    return refused("malformed", `The sealed body has only ${body.length} bytes`);
  }
  const padded = decrypt(body, known.contentKey, aadOf(place, nonce));
  if (padded === undefined) {
    return refused("wrong_place", "It was sealed for another room, channel or sender");
  }
  return readPayload(padded, known.kind, anyRelation ? "any" : place.relation);
}

function decrypt(body: Uint8Array, key: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
  const cipherNonce = body.subarray(0, CIPHER_NONCE_BYTES);
  try {
    return xchacha20poly1305(key, cipherNonce, aad).decrypt(body.subarray(CIPHER_NONCE_BYTES));
  } catch {
    return undefined;
  }
}

function readPayload(
  padded: Uint8Array,
  kind: RecordKind,
  relation: Relation | undefined | "any",
): OpenResult {
  const json = unpad(padded);
  if (json === undefined) return refused("malformed", "The padding is wrong");
  const parsed = parseJson(json, {
    maxDepth: limits.json.maxDepth,
    maxNodes: limits.json.maxNodes,
  });
  if (!parsed.ok) return refused("bad_payload", `No canonical JSON: ${parsed.fault.message}`);
  const fault = sealedPayload.fault(parsed.value);
  if (fault !== undefined) return refused("bad_payload", `payload${fault}`);
  const payload = parsed.value as unknown as SealedPayload;
  if (kindOf(payload) !== kind) return refused("wrong_kind", `It is no ${kind}, as its key says`);
  if (relation !== "any" && !sameRelation(payload.relates_to, relation)) {
    return refused("wrong_relation", "The event says that it belongs to another message");
  }
  return { ok: true, payload };
}

function sameRelation(a: Relation | undefined, b: Relation | undefined): boolean {
  return a?.kind === b?.kind && a?.event_id === b?.event_id && a?.reply_to === b?.reply_to;
}
