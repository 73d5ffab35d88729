import type { Buffer } from "node:buffer";
import { EgressStream } from "./egress_stream.ts";
import type { Publisher } from "./publisher.ts";
import type { Route } from "./route.ts";
import type { SrtpSender } from "./srtp.ts";

/** The end of a call at which one participant hears the others. */
export class Listener {
  #hears: boolean;
  /** Streams that the browser has agreed to take. To others it would find places of its own. */
  #taken: ReadonlySet<number> = new Set();
  /** By the stream's number. One that was begun is kept for as long as its voice is in the call. */
  readonly #streams = new Map<number, EgressStream>();
  #pauses = 0;
  #sender: SrtpSender | undefined;

  constructor(hears: boolean) {
    this.#hears = hears;
  }

  set hears(hears: boolean) {
    if (hears && !this.#hears) this.#pauses++;
    this.#hears = hears;
  }

  set sender(sender: SrtpSender) {
    this.#sender = sender;
  }

  take(streams: readonly number[]): void {
    this.#taken = new Set(streams);
  }

  /** A voice that has left for good. */
  forget(stream: number): void {
    this.#streams.delete(stream);
  }

  /**
   * Seals a packet for this listener and sends it. `header` is the one that all listeners get, but
   * for the sequence number. Returns the bytes sent, 0 where it is not for them.
   */
  deliver(
    route: Route,
    packet: {
      readonly from: Publisher;
      readonly header: Buffer;
      readonly payload: Buffer;
      readonly index: number;
    },
  ): number {
    const { from, header, payload } = packet;
    if (!this.#hears || this.#sender === undefined || !this.#taken.has(from.stream)) return 0;
    const generation = from.generation + this.#pauses;
    const number = this.#streamOf(from).next(generation, packet.index);
    if (number === undefined) return 0;
    const out = route.take();
    header.copy(out);
    out.writeUInt16BE(number & 0xffff, 2);
    const length = this.#sender.sealRtp(out, payload, { stream: from.stream, index: number });
    route.send(out, length);
    return length;
  }

  #streamOf({ stream }: Publisher): EgressStream {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const made = new EgressStream();
    this.#streams.set(stream, made);
    return made;
  }
}
