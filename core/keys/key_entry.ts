import { type Blake3, nobleBlake3 } from "../event/hash.ts";
import type { JsonObject, JsonValue } from "../event/json.ts";
import { writeCanonicalBytes } from "../event/json_write.ts";
import { type KeyId, keyIdFromHash } from "../ids/key_id.ts";
import { parseServerName, type ServerName } from "../ids/server_name.ts";
import { limits } from "../limits.ts";

/** A server's signing key and its window. PROTOCOL.md 8. */
export interface KeyEntry {
  readonly server: ServerName;
  /** Ed25519 public key, unpadded base64 of 32 bytes. */
  readonly key: string;
  /** Milliseconds, inclusive. */
  readonly valid_from: number;
  /** Milliseconds, exclusive; at most 14 days later. */
  readonly valid_until: number;
}

const FIELDS = ["server", "key", "valid_from", "valid_until"];

/** The entry, or undefined: exactly four fields, 32 bytes of key, a window of at most 14 days. */
export function parseKeyEntry(value: JsonValue | undefined): KeyEntry | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const object = value as JsonObject;
  const names = Object.keys(object);
  if (names.length !== FIELDS.length || !FIELDS.every((name) => Object.hasOwn(object, name))) {
    return undefined;
  }
  const { server, key, valid_from: from, valid_until: until } = object;
  if (typeof server !== "string" || typeof key !== "string") return undefined;
  const name = parseServerName(server);
  if (name === undefined || decodePublicKey(key) === undefined) return undefined;
  if (!isTs(from) || !isTs(until) || from >= until) return undefined;
  if (until - from > limits.keys.maxWindowMs) return undefined;
  return { server: name, key, valid_from: from, valid_until: until };
}

function isTs(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) &&
    value >= limits.event.minTs - limits.keys.maxWindowMs &&
    value < limits.event.maxTs + limits.keys.maxWindowMs;
}

/** 32 bytes as unpadded base64, 43 characters. */
export function encodePublicKey(key: Uint8Array): string {
  if (key.length !== 32) {
    throw new RangeError(`Cannot write a key of ${key.length} bytes: 32 are expected`);
  }
  return key.toBase64({ omitPadding: true });
}

/** The 32 bytes, or undefined unless `text` is their one unpadded encoding. */
export function decodePublicKey(text: string): Uint8Array<ArrayBuffer> | undefined {
  return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/.test(text)
    ? Uint8Array.fromBase64(text)
    : undefined;
}

/** b58 of the first 16 bytes of BLAKE3(jcs(entry)): neither key nor window can ever change. PROTOCOL.md 8. */
export function keyIdOf(entry: KeyEntry, blake3: Blake3 = nobleBlake3): KeyId {
  const { server, key, valid_from, valid_until } = entry;
  return keyIdFromHash(blake3(writeCanonicalBytes({ server, key, valid_from, valid_until })));
}

/** Whether the entry's window holds a time (step 2 compares `origin_ts`). PROTOCOL.md 7 and 8. */
export function usable(entry: KeyEntry, ts: number): boolean {
  return entry.valid_from <= ts && ts < entry.valid_until;
}

/** Whether a key counts no more for what is new: its window ended more than 7 days ago (step 6). PROTOCOL.md 8. */
export function isRetired(entry: KeyEntry, nowMs: number): boolean {
  return nowMs >= entry.valid_until + limits.keys.retiredGraceMs;
}
