import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { type BackupEntry, readEntries, writeEntries } from "./backup_entries.ts";
import { concat, equalBytes, framed, uint, utf8 } from "./bytes.ts";

/**
 * The encrypted backup: a chain of chunks, each sealed for its user, version, place and
 * predecessor. A server can hold chunks back, but not change, reorder or mix them; where a device
 * remembers a later head, holding back is seen too. PROTOCOL.md 12.
 */

/** Where a backup stands. `hash` is that of the last chunk, all zero before the first. */
export interface BackupHead {
  /** From 1; rises when a backup is written anew. */
  readonly version: number;
  /** Chunks in it; the first has number 1. */
  readonly seq: number;
  readonly hash: Uint8Array;
}

export type ChunkFault = "malformed" | "wrong_place" | "bad_entries";

export type OpenChunkResult =
  | { readonly ok: true; readonly entries: readonly BackupEntry[]; readonly head: BackupHead }
  | { readonly ok: false; readonly reason: ChunkFault; readonly message: string };

const VERSION = 1;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
const MIN_PLAIN_BYTES = 256;
const MAX_PLAIN_BYTES = limits.e2ee.maxChunkBytes - 1 - NONCE_BYTES - TAG_BYTES;
/** What fits into one chunk, as `writeEntries` writes it. */
export const MAX_ENTRY_BYTES = MAX_PLAIN_BYTES - LENGTH_BYTES;

/** A new backup's key: 32 bytes that only its slots and the user's devices hold. */
export function newBackupKey(rng: Rng): Uint8Array {
  return rng.bytes(32);
}

/** The head of a version without chunks. */
export function emptyHead(version: number): BackupHead {
  return { version, seq: 0, hash: new Uint8Array(32) };
}

interface ChunkPlace {
  readonly user: UserId;
  readonly backupKey: Uint8Array;
  /** The head that the chunk comes after. */
  readonly after: BackupHead;
}

function cipherOf({ user, backupKey, after }: ChunkPlace, nonce: Uint8Array) {
  const key = hkdf(sha256, backupKey, undefined, utf8("openguild/backup-chunk/1"), 32);
  const place = [uint(after.version, 4), uint(after.seq + 1, 4), after.hash];
  return xchacha20poly1305(key, nonce, framed("openguild/backup-chunk/1", user, ...place));
}

function headAfter(after: BackupHead, chunk: Uint8Array): BackupHead {
  return { version: after.version, seq: after.seq + 1, hash: sha256(chunk) };
}

/** Powers of two from 256 bytes, and the largest that fits: little shows of what was added. */
function paddedSize(bytes: number): number {
  let size = MIN_PLAIN_BYTES;
  while (size < bytes) size *= 2;
  return Math.min(size, MAX_PLAIN_BYTES);
}

/** Seals entries as the next chunk. Throws RangeError where they are more than one chunk holds. */
export function sealChunk(
  place: ChunkPlace,
  entries: readonly BackupEntry[],
  rng: Rng,
): { readonly chunk: Uint8Array<ArrayBuffer>; readonly head: BackupHead } {
  const content = writeEntries(entries);
  if (content.length > MAX_ENTRY_BYTES) {
    throw new RangeError(
      `Cannot seal ${content.length} bytes as one chunk: at most ${MAX_ENTRY_BYTES} fit`,
    );
  }
  const padded = new Uint8Array(paddedSize(content.length + LENGTH_BYTES));
  padded.set(concat(uint(content.length, LENGTH_BYTES), content));
  const nonce = rng.bytes(NONCE_BYTES);
  const sealed = cipherOf(place, nonce).encrypt(padded);
  const chunk = concat(uint(VERSION, 1), nonce, sealed);
  return { chunk, head: headAfter(place.after, chunk) };
}

function refused(reason: ChunkFault, message: string): OpenChunkResult {
  return { ok: false, reason, message };
}

/** Opens the chunk that comes after a head, and gives the head with it. Never throws for bad input. */
export function openChunk(place: ChunkPlace, chunk: Uint8Array): OpenChunkResult {
  const { version, seq } = place.after;
  const smallest = 1 + NONCE_BYTES + TAG_BYTES + MIN_PLAIN_BYTES;
  if (chunk.length < smallest || chunk.length > limits.e2ee.maxChunkBytes || chunk[0] !== VERSION) {
    return refused("malformed", `A chunk of ${chunk.length} bytes is none of this version`);
  }
  const nonce = chunk.subarray(1, 1 + NONCE_BYTES);
  let padded: Uint8Array;
  try {
    padded = cipherOf(place, nonce).decrypt(chunk.subarray(1 + NONCE_BYTES));
  } catch {
    const text = `It is not chunk ${seq + 1} of version ${version} after the one before`;
    return refused("wrong_place", text);
  }
  const length = padded.subarray(0, LENGTH_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = LENGTH_BYTES + length;
  const fits = end <= padded.length && paddedSize(end) === padded.length;
  const entries = fits && padded.subarray(end).every((byte) => byte === 0)
    ? readEntries(padded.subarray(LENGTH_BYTES, end))
    : undefined;
  if (entries === undefined) return refused("bad_entries", `Chunk ${seq + 1} has no valid entries`);
  return { ok: true, entries, head: headAfter(place.after, chunk) };
}

/** How the head that a server tells stands to the last one that this device has seen. */
export type HeadJudgement =
  | "same"
  /** Chunks were added: each must open after the one before, from the known head on. */
  | "ahead"
  /** Written anew: read from its first chunk. */
  | "new_version"
  /** The server gives an older state back, or has lost chunks. */
  | "rolled_back"
  /** The server tells two devices different chains. */
  | "forked";

/** What the head that a server tells says, beside the newest that this device has seen. */
export function judgeHead(known: BackupHead, told: BackupHead): HeadJudgement {
  if (told.version > known.version) return "new_version";
  if (told.version < known.version || told.seq < known.seq) return "rolled_back";
  if (told.seq > known.seq) return "ahead";
  return equalBytes(told.hash, known.hash) ? "same" : "forked";
}
