import { Buffer } from "node:buffer";
import { ADDRESS_BYTES } from "./address.ts";

/**
 * Memory for several datagrams in one call: an array of `struct mmsghdr`, and a `struct iovec` each
 * (recvmmsg(2), sendmmsg(2)), as they lie on Linux with 64 bits and little-endian numbers.
 */

const HEADER_BYTES = 64;
const at = { name: 0, nameLength: 8, pieces: 16, pieceCount: 24, flags: 48, length: 56 } as const;
const PIECE_BYTES = 16;

/** An address in memory, in halves: as a whole it would be a BigInt for each write. */
export interface Place {
  readonly low: number;
  readonly high: number;
}

const HALF = 0x1_0000_0000;

function splitAddress(address: number): Place {
  return { low: address % HALF, high: Math.floor(address / HALF) };
}

/** Memory that stays where it is, for as long as the buffer is held. */
export function pinned(bytes: number): { readonly buffer: Buffer; readonly address: number } {
  const buffer = Buffer.from(new ArrayBuffer(bytes));
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer));
  return { buffer, address: Number(address) };
}

export function placeOf(address: number, offset: number): Place {
  return splitAddress(address + offset);
}

/** The headers of a batch. What they point at is set, or was when they were made. */
export class Headers {
  /** The array, for the system. */
  readonly raw: Buffer;
  readonly #words: Uint32Array;
  readonly #pieces: Uint32Array;

  constructor(count: number, nameBytes: number) {
    const headers = pinned(count * HEADER_BYTES);
    const pieces = pinned(count * PIECE_BYTES);
    this.raw = headers.buffer;
    this.#words = new Uint32Array(headers.buffer.buffer);
    this.#pieces = new Uint32Array(pieces.buffer.buffer);
    for (let each = 0; each < count; each++) {
      const piece = placeOf(pieces.address, each * PIECE_BYTES);
      this.#setPlace(this.#words, each * HEADER_BYTES + at.pieces, piece);
      this.#words[(each * HEADER_BYTES + at.pieceCount) / 4] = 1;
      this.setNameLength(each, nameBytes);
    }
  }

  /** Where the datagram lies, and its length or the room for it. */
  setData(each: number, data: Place, length: number): void {
    this.#setPlace(this.#pieces, each * PIECE_BYTES, data);
    this.#pieces[each * PIECE_BYTES / 4 + 2] = length;
  }

  setName(each: number, name: Place): void {
    this.#setPlace(this.#words, each * HEADER_BYTES + at.name, name);
  }

  setNameLength(each: number, length: number): void {
    this.#words[(each * HEADER_BYTES + at.nameLength) / 4] = length;
  }

  /** Of what was received. */
  lengthOf(each: number): number {
    return this.#words[(each * HEADER_BYTES + at.length) / 4] ?? 0;
  }

  #setPlace(words: Uint32Array, byte: number, { low, high }: Place): void {
    words[byte / 4] = low;
    words[byte / 4 + 1] = high;
  }
}

/** Room to receive a batch in: data and senders' addresses, each at a place of its own. */
export class Inbox {
  readonly headers: Headers;
  readonly names: Buffer;
  readonly #data: Buffer;
  readonly #room: number;
  readonly #nameBytes: number;

  constructor(count: number, room: number, nameBytes: number) {
    const data = pinned(count * room);
    const names = pinned(count * ADDRESS_BYTES);
    this.headers = new Headers(count, nameBytes);
    this.names = names.buffer;
    this.#data = data.buffer;
    this.#room = room;
    this.#nameBytes = nameBytes;
    for (let each = 0; each < count; each++) {
      this.headers.setData(each, placeOf(data.address, each * room), room);
      this.headers.setName(each, placeOf(names.address, each * ADDRESS_BYTES));
    }
  }

  /** A view of what came. The system has written over the room for its sender's address: set anew. */
  take(each: number): Buffer {
    this.headers.setNameLength(each, this.#nameBytes);
    const from = each * this.#room;
    return this.#data.subarray(from, from + this.headers.lengthOf(each));
  }
}
