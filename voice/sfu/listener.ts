import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { EgressStream } from "./egress_stream.ts";
import { type Route, sendCopy } from "./route.ts";
import { SendBudget } from "./send_budget.ts";
import type { SrtpSender } from "./srtp.ts";
import type { Track } from "./track.ts";
import type { TrackLayer } from "./track_layer.ts";

/** Where packets for listeners come from: a voice, or something shown. */
export interface Source {
  readonly stream: number;
  readonly generation: number;
  /** Who hears nothing is not sent it. */
  readonly isHeard: boolean;
}

/** The end of a call at which one participant hears the others. */
export class Listener {
  #hears: boolean;
  /** Streams that the browser has agreed to take. To others it would find places of its own. */
  #taken: ReadonlySet<number> = new Set();
  /** By the stream's number. One that was begun is kept for as long as its voice is in the call. */
  readonly #streams = new Map<number, EgressStream>();
  readonly #resends = new SendBudget(limits.voice.maxResendsPerSecond);
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

  /** Returns those that were not taken before. What lay before them is no loss. */
  take(streams: readonly number[]): number[] {
    const added = streams.filter((stream) => !this.#taken.has(stream));
    if (added.some((stream) => this.#streams.has(stream))) this.#pauses++;
    this.#taken = new Set(streams);
    return added;
  }

  takes(stream: number): boolean {
    return this.#taken.has(stream);
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
      readonly from: Source;
      readonly header: Buffer;
      readonly payload: Buffer;
      readonly index: number;
    },
  ): number {
    const { from } = packet;
    if (this.#sender === undefined || !this.#taken.has(from.stream)) return 0;
    if (!this.#hears && from.isHeard) return 0;
    const generation = from.generation + this.#pauses;
    const number = this.#streamOf(from).next(generation, packet.index);
    if (number === undefined) return 0;
    return sealAndSend(route, this.#sender, packet, { stream: from.stream, index: number });
  }

  /**
   * Sends once more what this listener missed. Sealed anew it is byte for byte what it was: the same
   * packet under the same number. `now` is monotonic. Returns the bytes sent, and the indices that
   * are not kept.
   */
  resend(
    route: Route,
    { track, layer }: { readonly track: Track; readonly layer: TrackLayer },
    { sequences, now }: { readonly sequences: readonly number[]; readonly now: number },
  ): { readonly bytes: number; readonly missing: number[] } {
    const missing: number[] = [];
    const egress = this.#streams.get(track.stream);
    let bytes = 0;
    if (egress === undefined || this.#sender === undefined || !this.takes(track.stream)) {
      return { bytes, missing };
    }
    for (const sequence of sequences.slice(0, limits.voice.maxResends)) {
      const index = egress.indexOf(track.generation + this.#pauses, sequence);
      if (index === undefined) continue;
      if (!this.#resends.admits(now)) break;
      this.#resends.spend(1);
      const kept = layer.kept(index);
      if (kept === undefined) {
        missing.push(index);
        continue;
      }
      const number = egress.next(track.generation + this.#pauses, index);
      if (number === undefined) continue;
      bytes += sealAndSend(route, this.#sender, kept, { stream: track.stream, index: number });
    }
    return { bytes, missing };
  }

  /** A report on a stream of which this listener is sent something. */
  report(route: Route, { stream, isHeard }: Source, packet: Buffer): void {
    if (!this.takes(stream) || !this.#streams.has(stream) || !this.#hears && isHeard) return;
    const sealed = this.#sender?.sealRtcp(packet);
    if (sealed !== undefined) sendCopy(route, sealed);
  }

  #streamOf({ stream }: Source): EgressStream {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const made = new EgressStream();
    this.#streams.set(stream, made);
    return made;
  }
}

/** Under the number that it has for one listener. Returns the bytes sent. */
function sealAndSend(
  route: Route,
  sender: SrtpSender,
  { header, payload }: { readonly header: Buffer; readonly payload: Buffer },
  place: { readonly stream: number; readonly index: number },
): number {
  const out = route.take();
  header.copy(out);
  out.writeUInt16BE(place.index & 0xffff, 2);
  const length = sender.sealRtp(out, payload, place);
  route.send(out, length);
  return length;
}
