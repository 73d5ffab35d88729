import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { Headers, pinned, type Place, placeOf } from "./datagrams.ts";

/** A datagram's room, aligned. */
const ROOM = 1536;

export interface Waiting {
  readonly buffer: Buffer;
  readonly length: number;
  /** Where its receiver's address lies. Whoever sends keeps it there. */
  readonly to: Place;
}

/** What became of a batch: how many left, and whether the rest has to wait for the system. */
export interface SentBatch {
  readonly sent: number;
  readonly isFull: boolean;
}

/**
 * What waits for the next call that sends. Its buffers lie in one piece of memory and are used
 * again; a bounded number waits, of which the oldest makes room.
 */
export class Outbox {
  readonly #headers: Headers;
  readonly #send: (headers: Buffer, count: number) => SentBatch;
  readonly #address: number;
  readonly #free: Buffer[] = [];
  /** A ring: the oldest lies at `#head`. */
  readonly #ring: (Waiting | undefined)[] = new Array(limits.voice.maxSendQueue);
  readonly #memory: Buffer;
  /** Where each of the buffers that were made lies. */
  readonly #places: Place[] = [];
  #head = 0;
  #waiting = 0;
  dropped = 0;

  /** `send` hands the first of some headers to the system. */
  constructor(nameBytes: number, send: (headers: Buffer, count: number) => SentBatch) {
    // One more than can wait: the one that is being written.
    const { buffer, address } = pinned((limits.voice.maxSendQueue + 1) * ROOM);
    this.#memory = buffer;
    this.#address = address;
    this.#headers = new Headers(limits.voice.maxSendsInFlight, nameBytes);
    this.#send = send;
  }

  get waiting(): number {
    return this.#waiting;
  }

  take(): Buffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#places.length <= limits.voice.maxSendQueue) {
      const at = this.#places.length * ROOM;
      this.#places.push(placeOf(this.#address, at));
      return this.#memory.subarray(at, at + limits.voice.maxDatagramBytes);
    }
    return this.#dropOldest();
  }

  push(datagram: Waiting): void {
    if (this.#waiting === limits.voice.maxSendQueue) this.#free.push(this.#dropOldest());
    this.#ring[(this.#head + this.#waiting++) % limits.voice.maxSendQueue] = datagram;
  }

  /** Sends what waits, as far as the system takes it. Whether something is left to wait for it. */
  flush(): boolean {
    while (this.#waiting > 0) {
      const count = Math.min(this.#waiting, limits.voice.maxSendsInFlight);
      for (let each = 0; each < count; each++) this.#write(each);
      const { sent, isFull } = this.#send(this.#headers.raw, count);
      for (let each = 0; each < sent; each++) this.#free.push(this.#shift().buffer);
      if (isFull) return true;
      // The first of the rest could not leave: it is lost, like one on the way.
      if (sent === 0) this.#free.push(this.#dropOldest());
    }
    return false;
  }

  #write(each: number): void {
    const datagram = this.#ring[(this.#head + each) % limits.voice.maxSendQueue];
    if (datagram === undefined) return;
    const place = this.#places[datagram.buffer.byteOffset / ROOM];
    if (place === undefined) throw new Error("A datagram lies outside of the memory for them");
    this.#headers.setData(each, place, datagram.length);
    this.#headers.setName(each, datagram.to);
  }

  #dropOldest(): Buffer {
    this.dropped++;
    return this.#shift().buffer;
  }

  #shift(): Waiting {
    const oldest = this.#ring[this.#head];
    if (oldest === undefined) throw new Error("Nothing waits to be sent");
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % limits.voice.maxSendQueue;
    this.#waiting--;
    return oldest;
  }
}
