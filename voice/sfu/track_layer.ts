import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Layer } from "../signalling/layers.ts";
import { CLOCK_PER_MS, type ShownTrack, TRACKS } from "../signalling/tracks.ts";
import { IncomingRate } from "./incoming_rate.ts";
import { KeptPackets } from "./kept_packets.ts";
import { ReceptionCounter } from "./reception.ts";
import { RTP_HEADER, streamOf, timestampOf } from "./rtp.ts";
import type { OpenedRtp } from "./srtp.ts";

/** Headers and encryption beside the picture, and a coder that exceeds its rate for a while. */
const RATE_FACTOR = 2;

/** What is asked of the browser that sends a layer, by the number that it gave its stream. */
export interface LayerSender {
  askPackets(stream: number, sequences: readonly number[]): void;
  askPicture(stream: number): void;
}

/** One layer of what somebody shows, as it arrives; of what comes in no layers, all of it. */
export class TrackLayer {
  readonly rid: string | undefined;
  /** At most, bits a second. */
  readonly bitrate: number;
  /** Changes when indices begin anew, or after a pause that is no loss. */
  generation = 0;
  readonly #track: ShownTrack;
  readonly #isVideo: boolean;
  readonly #sender: LayerSender;
  readonly #kept = new KeptPackets(RTP_HEADER);
  /** When each packet that never came was asked for: by index, at its place among the kept ones. */
  readonly #asked = new Map<number, { readonly index: number; readonly at: number }>();
  readonly #rate: IncomingRate;
  #reception: ReceptionCounter | undefined;
  #isPictureDue = false;
  #pictureAskedAt = -Infinity;

  constructor(track: ShownTrack, { rid, bitrate }: Layer, sender: LayerSender) {
    this.#track = track;
    this.rid = rid;
    this.bitrate = bitrate;
    this.#isVideo = TRACKS[track].media === "video";
    this.#sender = sender;
    const { maxVideoPacketsPerSecond, maxPacketsPerSecond } = limits.voice;
    this.#rate = new IncomingRate(
      this.#isVideo ? maxVideoPacketsPerSecond : maxPacketsPerSecond,
      bitrate / 8 * RATE_FACTOR,
    );
  }

  get reception(): ReceptionCounter | undefined {
    return this.#reception;
  }

  /** Whether a genuine packet is within what may come. Of several streams the latest is the layer. */
  accept(data: Buffer, opened: OpenedRtp, now: number): boolean {
    const stream = streamOf(data);
    if (this.#reception?.stream !== stream) {
      const clock = CLOCK_PER_MS[TRACKS[this.#track].media];
      this.#reception = new ReceptionCounter(stream, opened.index, clock);
      this.generation++;
      this.#kept.clear();
    }
    this.#reception.count(opened.index, timestampOf(data), now);
    return this.#rate.admit(data.length, now);
  }

  /** Keeps a packet that is forwarded, as it came but for the header's extensions. */
  keep(index: number, header: Buffer, payload: Buffer): void {
    if (this.#isVideo) this.#kept.put(index, { header, payload });
  }

  kept(index: number) {
    return this.#kept.get(index);
  }

  /** What was kept is dropped. */
  release(): void {
    this.#kept.release();
  }

  /**
   * Packets that did not come here either are asked of the browser, each of them not too often, and
   * none that would be refused as too late when it comes.
   */
  miss(indices: readonly number[], now: number): void {
    const { reception } = this;
    if (reception === undefined) return;
    const tooLate = reception.highest - limits.voice.maxKeptPackets;
    const asking = indices.filter((index) => {
      if (index <= tooLate) return false;
      const place = index % limits.voice.maxKeptPackets;
      const asked = this.#asked.get(place);
      if (asked?.index === index && now - asked.at < limits.voice.askAgainMs) return false;
      this.#asked.set(place, { index, at: now });
      return true;
    });
    if (asking.length === 0) return;
    this.#sender.askPackets(reception.stream, asking.map((index) => index % 0x1_0000));
  }

  /** Somebody needs a whole picture: the sender is asked with the next `tick` that may ask. */
  wantPicture(): void {
    this.#isPictureDue = this.#isVideo;
  }

  tick(now: number): void {
    if (!this.#isPictureDue || this.#reception === undefined) return;
    if (now - this.#pictureAskedAt < limits.voice.keyframeEveryMs) return;
    this.#isPictureDue = false;
    this.#pictureAskedAt = now;
    this.#sender.askPicture(this.#reception.stream);
  }
}
