import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { CLOCK_PER_MS, type ShownTrack, TRACKS } from "../signalling/tracks.ts";
import { IncomingRate } from "./incoming_rate.ts";
import { KeptPackets } from "./kept_packets.ts";
import { ReceptionCounter } from "./reception.ts";
import { RTP_HEADER, streamOf, timestampOf } from "./rtp.ts";
import type { OpenedRtp } from "./srtp.ts";

/** Headers and encryption beside the picture, and a coder that exceeds its rate for a while. */
const RATE_FACTOR = 2;
/** More lost than this is too much for the way; less than that is as good as nothing. */
const MUCH_LOST = 0.1;
const LITTLE_LOST = 0.02;
const SLOW_DOWN = 0.85;
const SPEED_UP = 1.08;

/** What a track asks of its own browser. */
export interface TrackSender {
  askPackets(sequences: readonly number[]): void;
  askPicture(): void;
}

/**
 * Something that a participant shows beside the voice, as it arrives: a picture, or the sound that
 * goes with it. It goes to those alone who watch it.
 */
export class Track {
  readonly name: ShownTrack;
  /** The stream's number for all who watch, whatever the browser calls it. */
  readonly stream: number;
  /** Who hears nothing is not sent its sound. */
  readonly isHeard: boolean;
  /** Changes when indices begin anew, or after a pause that is no loss. */
  generation = 0;
  readonly #isVideo: boolean;
  readonly #maxBitrate: number;
  readonly #sender: TrackSender;
  readonly #kept = new KeptPackets(RTP_HEADER);
  /** When each packet that never came was asked for: by index, at its place among the kept ones. */
  readonly #asked = new Map<number, { readonly index: number; readonly at: number }>();
  #reception: ReceptionCounter | undefined;
  #isOn = true;
  #bitrate: number;
  #worstLoss: number | undefined;
  readonly #rate: IncomingRate;
  #isPictureDue = false;
  #pictureAskedAt = -Infinity;

  constructor(
    { name, stream, bitrate }: {
      readonly name: ShownTrack;
      readonly stream: number;
      /** At most, bits a second. */
      readonly bitrate: number;
    },
    sender: TrackSender,
  ) {
    this.name = name;
    this.stream = stream;
    this.#isVideo = TRACKS[name].media === "video";
    this.isHeard = !this.#isVideo;
    this.#maxBitrate = bitrate;
    this.#bitrate = bitrate;
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

  get isVideo(): boolean {
    return this.#isVideo;
  }

  /** What its browser may send, bits a second: less while those who watch lose much of it. */
  get bitrate(): number {
    return this.#bitrate;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** What comes is dropped while it is off, and nothing is kept; what lies between is no loss. */
  set isOn(isOn: boolean) {
    if (isOn && !this.#isOn) this.generation++;
    if (!isOn) this.#kept.release();
    this.#isOn = isOn;
  }

  /** Whether a genuine packet is to be forwarded. Of several streams the latest is shown. */
  accept(data: Buffer, opened: OpenedRtp, now: number): boolean {
    const stream = streamOf(data);
    if (this.#reception?.stream !== stream) {
      const clock = CLOCK_PER_MS[TRACKS[this.name].media];
      this.#reception = new ReceptionCounter(stream, opened.index, clock);
      this.generation++;
      this.#kept.clear();
    }
    this.#reception.count(opened.index, timestampOf(data), now);
    return this.#rate.admit(data.length, now) && this.#isOn;
  }

  /** Keeps a packet that is forwarded, under the header that all get. */
  keep(index: number, header: Buffer, payload: Buffer): void {
    if (this.#isVideo) this.#kept.put(index, { header, payload });
  }

  kept(index: number) {
    return this.#kept.get(index);
  }

  /**
   * Packets that did not come here either are asked of the browser, each of them not too often, and
   * none that would be refused as too late when it comes.
   */
  miss(indices: readonly number[], now: number): void {
    const tooLate = (this.#reception?.highest ?? Infinity) - limits.voice.maxKeptPackets;
    const asking = indices.filter((index) => {
      if (index <= tooLate) return false;
      const place = index % limits.voice.maxKeptPackets;
      const asked = this.#asked.get(place);
      if (asked?.index === index && now - asked.at < limits.voice.askAgainMs) return false;
      this.#asked.set(place, { index, at: now });
      return true;
    });
    if (asking.length > 0) this.#sender.askPackets(asking.map((index) => index % 0x1_0000));
  }

  /** Somebody needs a whole picture: the sender is asked now, or as soon as it may be. */
  wantPicture(now: number): void {
    if (!this.#isVideo) return;
    this.#isPictureDue = true;
    this.tick(now);
  }

  lost(part: number): void {
    this.#worstLoss = Math.max(this.#worstLoss ?? 0, part);
  }

  tick(now: number): void {
    if (!this.#isPictureDue || !this.#isOn || this.#reception === undefined) return;
    if (now - this.#pictureAskedAt < limits.voice.keyframeEveryMs) return;
    this.#isPictureDue = false;
    this.#pictureAskedAt = now;
    this.#sender.askPicture();
  }

  /** Fits the rate to what those who watch have told since. */
  adapt(): void {
    if (!this.#isVideo || this.#worstLoss === undefined) return;
    const factor = this.#worstLoss > MUCH_LOST
      ? SLOW_DOWN
      : this.#worstLoss < LITTLE_LOST
      ? SPEED_UP
      : 1;
    this.#worstLoss = undefined;
    const least = Math.min(limits.voice.minVideoBitrate, this.#maxBitrate);
    this.#bitrate = Math.round(
      Math.min(this.#maxBitrate, Math.max(least, this.#bitrate * factor)),
    );
  }
}
