import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";

/** The part of a UDP socket that a queue needs. */
export interface DatagramSink {
  send(
    data: Uint8Array,
    offset: number,
    length: number,
    port: number,
    address: string,
    done: (error: Error | null, bytes: number) => void,
  ): void;
}

interface Waiting {
  readonly buffer: Buffer;
  readonly length: number;
  readonly port: number;
  readonly address: string;
}

/**
 * Sends the datagrams of one socket in order, a bounded number of them at a time: what the system
 * has not confirmed piles up as operations and costs more than it carries. Behind it waits a bounded
 * number more, of which the oldest makes room. Buffers are used again.
 */
export class SendQueue {
  readonly #sink: DatagramSink;
  readonly #free: Buffer[] = [];
  /** A ring: the oldest lies at `#head`. */
  readonly #ring: (Waiting | undefined)[] = new Array(limits.voice.maxSendQueue);
  #head = 0;
  #waiting = 0;
  #inFlight = 0;
  #closed = false;
  sentBytes = 0;
  dropped = 0;

  constructor(sink: DatagramSink) {
    this.#sink = sink;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(limits.voice.maxDatagramBytes);
  }

  push(buffer: Buffer, length: number, port: number, address: string): void {
    if (this.#closed) return;
    const datagram = { buffer, length, port, address };
    if (this.#inFlight < limits.voice.maxSendsInFlight) return this.#send(datagram);
    if (this.#waiting === limits.voice.maxSendQueue) {
      const oldest = this.#shift();
      if (oldest !== undefined) this.#free.push(oldest.buffer);
      this.dropped++;
    }
    this.#ring[(this.#head + this.#waiting++) % limits.voice.maxSendQueue] = datagram;
  }

  /** Nothing is sent afterwards. */
  close(): void {
    this.#closed = true;
    this.#waiting = 0;
    this.#ring.fill(undefined);
  }

  #shift(): Waiting | undefined {
    if (this.#waiting === 0) return undefined;
    const oldest = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % limits.voice.maxSendQueue;
    this.#waiting--;
    return oldest;
  }

  #send(datagram: Waiting): void {
    this.#inFlight++;
    const { buffer, length, port, address } = datagram;
    this.#sink.send(buffer, 0, length, port, address, (error) => {
      this.#inFlight--;
      this.#free.push(buffer);
      // One that could not leave is lost, like one on the way.
      if (error === null || error === undefined) this.sentBytes += length;
      else this.dropped++;
      const next = this.#closed ? undefined : this.#shift();
      if (next !== undefined) this.#send(next);
    });
  }
}
