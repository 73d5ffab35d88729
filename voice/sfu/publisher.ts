import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { audioLevel, payloadTypeOf, streamOf, timestampOf } from "./rtp.ts";
import { AUDIO_LEVEL_ID, OPUS_PAYLOAD } from "../signalling/parts.ts";
import { IncomingRate } from "./incoming_rate.ts";
import { ReceptionCounter } from "./reception.ts";
import type { OpenedRtp } from "./srtp.ts";

/** Decibels under the loudest at which nothing can be heard. */
const SILENCE_DB = 127;
/** Of somebody whose browser does not say how loud they are. */
const UNKNOWN_DB = 64;
const LOUDNESS_GAIN = 0.1;
/** Of a packet beside the voice itself: headers, transport and end-to-end encryption. */
const OVERHEAD_BYTES = 64;
/** A coder may exceed its rate for a while. */
const BITRATE_FACTOR = 2;

/** One participant's voice as it arrives. */
export class Publisher {
  /** The stream's number for all listeners, whatever the browser calls it. */
  readonly stream: number;
  readonly isHeard = true;
  /** Changes when indices begin anew, or after a pause that is no loss. */
  generation = 0;
  speaks: boolean;
  loudness = 0;
  #speaking = false;
  #loudAt = 0;
  #packetAt = 0;
  #reception: ReceptionCounter | undefined;
  readonly #rate: IncomingRate;

  constructor(stream: number, options: { readonly speak: boolean; readonly bitrate: number }) {
    this.stream = stream;
    this.speaks = options.speak;
    const { maxPacketsPerSecond } = limits.voice;
    this.#rate = new IncomingRate(maxPacketsPerSecond, bytesPerSecond(options.bitrate));
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  get reception(): ReceptionCounter | undefined {
    return this.#reception;
  }

  set bitrate(bitrate: number) {
    this.#rate.bytesPerSecond = bytesPerSecond(bitrate);
  }

  /**
   * Whether a genuine packet is to be forwarded: one of the voice that was offered, from somebody
   * who may speak, within their rate. Of several streams the latest is heard.
   */
  accept(data: Buffer, opened: OpenedRtp, now: number): boolean {
    if (payloadTypeOf(data) !== OPUS_PAYLOAD) return false;
    const stream = streamOf(data);
    if (this.#reception?.stream !== stream) {
      this.#reception = new ReceptionCounter(stream, opened.index);
      this.generation++;
    }
    this.#reception.count(opened.index, timestampOf(data), now);
    if (!this.#rate.admit(data.length, now) || !this.speaks) return false;
    this.#hear(audioLevel(data, AUDIO_LEVEL_ID), now);
    return true;
  }

  /** Ends speech that has paused for long enough. */
  tick(now: number): void {
    if (now - this.#packetAt > limits.voice.speechHoldMs) this.loudness = 0;
    if (now - this.#loudAt > limits.voice.speechHoldMs) this.#speaking = false;
  }

  silence(): void {
    this.#speaking = false;
    this.loudness = 0;
  }

  #hear(level: number | undefined, now: number): void {
    const loudness = SILENCE_DB - (level ?? UNKNOWN_DB);
    this.loudness += (loudness - this.loudness) * LOUDNESS_GAIN;
    this.#packetAt = now;
    if (level === undefined || level >= limits.voice.speechDb) return;
    this.#loudAt = now;
    this.#speaking = true;
  }
}

function bytesPerSecond(bitrate: number): number {
  return bitrate / 8 * BITRATE_FACTOR + limits.voice.maxPacketsPerSecond * OVERHEAD_BYTES;
}
