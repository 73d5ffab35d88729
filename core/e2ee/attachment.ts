import { sha256 } from "@noble/hashes/sha2.js";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { concat, equalBytes, uint, utf8 } from "./bytes.ts";

/**
 * Sealed files: segments of 64 KiB under AES-256-GCM with a key of the file's own, so that a file
 * of any size passes through in little memory and may be shown before its end is here. A segment's
 * nonce is its number and whether it is the last: segments cannot be left out, repeated, reordered
 * or cut off at the end. The engine's own cipher is used because it is many times faster than one
 * in JavaScript; repeated nonces cannot happen, since no key ever seals two files. PROTOCOL.md 12.
 */

/** Plaintext bytes of every segment but the last. */
export const SEGMENT_BYTES = 65_536;
const TAG_BYTES = 16;
const MIN_PADDED_BYTES = 1024;
const LABEL = utf8("openguild/file/1");

/** What opens a file, and what its sealed form must be: all from the sealed message. */
export interface SealedFileKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** SHA-256 of the sealed file. */
  readonly hash: Uint8Array;
  /** Bytes of the file itself. */
  readonly size: number;
}

export type FileFaultReason = "altered" | "truncated" | "too_long" | "wrong_hash" | "wrong_size";

/** Why a file was not sealed or opened. */
export class FileFault extends Error {
  override readonly name = "FileFault";

  constructor(readonly reason: FileFaultReason, message: string) {
    super(message);
  }
}

/**
 * The size that a file is padded to, at most 12 % more: a length keeps as many leading bits as
 * tell its order of magnitude ("Padmé"), so that sizes do not give files away.
 */
export function paddedFileSize(size: number): number {
  if (size <= MIN_PADDED_BYTES) return MIN_PADDED_BYTES;
  const exponent = Math.floor(Math.log2(size));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(size / step) * step;
}

/** Bytes of a file's sealed form: what is uploaded. */
export function sealedFileSize(size: number): number {
  const padded = paddedFileSize(size);
  return padded + Math.ceil(padded / SEGMENT_BYTES) * TAG_BYTES;
}

function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0 || size > limits.federation.maxMediaBytes) {
    throw new FileFault("wrong_size", `Cannot seal or open a file of ${size} bytes`);
  }
}

type Purpose = "encrypt" | "decrypt";

function importKey(key: Uint8Array, purpose: Purpose): Promise<CryptoKey> {
  if (key.length !== 32) throw new RangeError(`A file's key has 32 bytes, not ${key.length}`);
  return crypto.subtle.importKey("raw", Uint8Array.from(key), "AES-GCM", false, [purpose]);
}

function gcm({ index, last }: { readonly index: number; readonly last: boolean }) {
  const iv = concat(new Uint8Array(6), uint(index, 5), uint(last ? 1 : 0, 1));
  return { name: "AES-GCM", iv, additionalData: LABEL };
}

/** Gathers what comes in any pieces into pieces of one size. */
class Pieces {
  readonly #held: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(size: number) {
    this.#held = new Uint8Array(size);
  }

  /** Takes bytes; `whole` is called for each full piece and may keep it. */
  async push(
    bytes: Uint8Array,
    whole: (piece: Uint8Array<ArrayBuffer>) => Promise<void>,
  ): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.#held.length - this.#length);
      this.#held.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (this.#length === this.#held.length) await whole(this.rest());
    }
  }

  /** What is left, which is then no longer held. */
  rest(): Uint8Array<ArrayBuffer> {
    const rest = this.#held.slice(0, this.#length);
    this.#length = 0;
    return rest;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A file on its way out. */
export interface FileSealer {
  /** Plaintext in, sealed bytes out. */
  readonly stream: TransformStream<Uint8Array, Bytes>;
  readonly sealedSize: number;
  /** What opens it, once the stream has ended; throws before that and where it broke. */
  key(): SealedFileKey;
}

/** Begins to seal a file of so many bytes. Throws FileFault for an impossible size. */
export function sealFile({ size, rng }: { readonly size: number; readonly rng: Rng }): FileSealer {
  checkSize(size);
  const key = rng.bytes(32);
  const padded = paddedFileSize(size);
  const lastIndex = Math.ceil(padded / SEGMENT_BYTES) - 1;
  const pieces = new Pieces(SEGMENT_BYTES);
  const hash = sha256.create();
  let sealedKey: SealedFileKey | undefined;
  let imported: CryptoKey;
  let index = 0;
  let taken = 0;

  async function segment(piece: Bytes, out: TransformStreamDefaultController<Bytes>) {
    const how = gcm({ index, last: index === lastIndex });
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, imported, piece));
    index++;
    hash.update(sealed);
    out.enqueue(sealed);
  }

  function wrongSize(seen: string): FileFault {
    return new FileFault("wrong_size", `The file was to have ${size} bytes, but had ${seen}`);
  }

  const stream = new TransformStream<Uint8Array, Bytes>({
    async start() {
      imported = await importKey(key, "encrypt");
    },
    async transform(bytes, out) {
      taken += bytes.length;
      if (taken > size) throw wrongSize("more");
      await pieces.push(bytes, (piece) => segment(piece, out));
    },
    async flush(out) {
      if (taken !== size) throw wrongSize(String(taken));
      for (let left = padded - size; left > 0; left -= SEGMENT_BYTES) {
        const zeros = new Uint8Array(Math.min(left, SEGMENT_BYTES));
        await pieces.push(zeros, (piece) => segment(piece, out));
      }
      if (index <= lastIndex) await segment(pieces.rest(), out);
      sealedKey = { key, hash: hash.digest(), size };
    },
  });
  return {
    stream,
    sealedSize: sealedFileSize(size),
    key() {
      if (sealedKey === undefined) throw wrongSize(`only ${taken} so far`);
      return sealedKey;
    },
  };
}

/**
 * Opens a sealed file as it comes: sealed bytes in, plaintext out, each segment only once it is
 * known to be the sender's. Breaks with FileFault where bytes were changed, moved, added or left
 * out; only when the stream has ended is the whole file known to be the one that was meant.
 */
export function openFile(file: SealedFileKey): TransformStream<Uint8Array, Bytes> {
  checkSize(file.size);
  const padded = paddedFileSize(file.size);
  const lastIndex = Math.ceil(padded / SEGMENT_BYTES) - 1;
  const pieces = new Pieces(SEGMENT_BYTES + TAG_BYTES);
  const sealedSize = sealedFileSize(file.size);
  const hash = sha256.create();
  let imported: CryptoKey;
  let index = 0;
  let taken = 0;
  let given = 0;

  async function segment(piece: Bytes, out: TransformStreamDefaultController<Bytes>) {
    const how = gcm({ index, last: index === lastIndex });
    const plain = await crypto.subtle.decrypt(how, imported, piece).catch(() => undefined);
    if (plain === undefined) throw new FileFault("altered", `Segment ${index} was changed`);
    index++;
    const shown = new Uint8Array(plain).subarray(0, file.size - given);
    given += shown.length;
    if (shown.length > 0) out.enqueue(shown);
  }

  return new TransformStream<Uint8Array, Bytes>({
    async start() {
      imported = await importKey(file.key, "decrypt");
    },
    async transform(bytes, out) {
      taken += bytes.length;
      if (taken > sealedSize) {
        throw new FileFault("too_long", `The sealed file has more than ${sealedSize} bytes`);
      }
      hash.update(bytes);
      await pieces.push(bytes, (piece) => segment(piece, out));
    },
    async flush(out) {
      if (taken < sealedSize) {
        throw new FileFault(
          "truncated",
          `The sealed file ends after ${taken} of ${sealedSize} bytes`,
        );
      }
      if (index <= lastIndex) await segment(pieces.rest(), out);
      if (!equalBytes(hash.digest(), file.hash)) {
        throw new FileFault("wrong_hash", "The sealed file is not the one that the message names");
      }
    },
  });
}

/** Opens one segment of a file by its number, for players that jump. It is checked as in a stream. */
export async function openSegment(
  file: Pick<SealedFileKey, "key" | "size">,
  segment: { readonly index: number; readonly sealed: Uint8Array },
): Promise<Bytes> {
  checkSize(file.size);
  const lastIndex = Math.ceil(paddedFileSize(file.size) / SEGMENT_BYTES) - 1;
  const { index, sealed } = segment;
  const imported = await importKey(file.key, "decrypt");
  const plain = await crypto.subtle
    .decrypt(gcm({ index, last: index === lastIndex }), imported, Uint8Array.from(sealed))
    .catch(() => undefined);
  if (plain === undefined) throw new FileFault("altered", `Segment ${index} was changed`);
  const end = Math.max(0, file.size - index * SEGMENT_BYTES);
  return new Uint8Array(plain).subarray(0, end);
}

async function pass(bytes: Uint8Array, stream: TransformStream<Uint8Array, Bytes>) {
  const source = new Blob([Uint8Array.from(bytes)]).stream();
  return new Uint8Array(await new Response(source.pipeThrough(stream)).arrayBuffer());
}

/** Seals bytes that are at hand, as of a thumbnail. */
export async function sealBytes(
  bytes: Uint8Array,
  rng: Rng,
): Promise<{ readonly sealed: Bytes; readonly file: SealedFileKey }> {
  const sealer = sealFile({ size: bytes.length, rng });
  const sealed = await pass(bytes, sealer.stream);
  return { sealed, file: sealer.key() };
}

/** Opens bytes that are at hand. Rejects with FileFault; then nothing of them is given. */
export async function openBytes(sealed: Uint8Array, file: SealedFileKey): Promise<Bytes> {
  return await pass(sealed, openFile(file));
}
