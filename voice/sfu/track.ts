import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { bitrateOf, type Layer, RID_ID } from "../signalling/layers.ts";
import { type ShownTrack, TRACKS } from "../signalling/tracks.ts";
import { ridOf, streamOf } from "./rtp.ts";
import type { OpenedRtp } from "./srtp.ts";
import { type LayerSender, TrackLayer } from "./track_layer.ts";

/** More lost than this is too much for the way; less than that is as good as nothing. */
const MUCH_LOST = 0.1;
const LITTLE_LOST = 0.02;
const SLOW_DOWN = 0.85;
const SPEED_UP = 1.08;

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
  readonly isVideo: boolean;
  readonly #planned: readonly Layer[];
  readonly #sender: LayerSender;
  #layers: readonly TrackLayer[];
  /** Of those that were there before: the number of what comes next is never an old one. */
  #formerGenerations = 0;
  #isOn = true;
  #bitrate: number;
  #worstLoss: number | undefined;

  constructor(
    { name, stream, layers }: {
      readonly name: ShownTrack;
      readonly stream: number;
      /** In which a browser may send it, the smallest first. At least one. */
      readonly layers: readonly Layer[];
    },
    sender: LayerSender,
  ) {
    this.name = name;
    this.stream = stream;
    this.isVideo = TRACKS[name].media === "video";
    this.isHeard = !this.isVideo;
    this.#planned = layers;
    this.#sender = sender;
    this.#layers = this.#make([]);
    this.#bitrate = this.#maxBitrate;
  }

  /** In which it comes, the smallest first: one of no name, or those that the browser has agreed to. */
  get layers(): readonly TrackLayer[] {
    return this.#layers;
  }

  /** The one that is passed on. Two under one number would be sealed twice with the same nonce. */
  get best(): TrackLayer | undefined {
    return this.#layers.at(-1);
  }

  /** Changes when indices begin anew, or after a pause that is no loss. */
  get generation(): number {
    return this.#layers.reduce((sum, { generation }) => sum + generation, this.#formerGenerations);
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
    for (const layer of this.#layers) {
      if (isOn && !this.#isOn) layer.generation++;
      if (!isOn) layer.release();
    }
    this.#isOn = isOn;
  }

  /** The browser sends it in these layers of the planned ones; in none: once, without a name. */
  agree(rids: readonly string[]): void {
    const names = this.#layers.flatMap(({ rid }) => rid ?? []);
    if (names.length === rids.length && names.every((name) => rids.includes(name))) return;
    this.#formerGenerations = this.generation + 1;
    this.#layers = this.#make(rids);
    this.#bitrate = this.#maxBitrate;
  }

  /** The layer of a genuine packet that is to be forwarded; undefined where it is not. */
  accept(data: Buffer, opened: OpenedRtp, now: number): TrackLayer | undefined {
    const layer = this.#layerOf(data);
    return layer?.accept(data, opened, now) === true && this.#isOn ? layer : undefined;
  }

  /** Somebody needs a whole picture of these layers: asked for now, or as soon as it may be. */
  wantPicture(now: number, layers: readonly TrackLayer[] = this.#layers): void {
    for (const layer of layers) layer.wantPicture();
    this.tick(now);
  }

  lost(part: number): void {
    this.#worstLoss = Math.max(this.#worstLoss ?? 0, part);
  }

  tick(now: number): void {
    if (!this.#isOn) return;
    for (const layer of this.#layers) layer.tick(now);
  }

  /** Fits the rate to what those who watch have told since. */
  adapt(): void {
    if (!this.isVideo || this.#worstLoss === undefined) return;
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

  get #maxBitrate(): number {
    return bitrateOf(this.#layers);
  }

  /**
   * A stream is of the layer that its first packets name; browsers name it until they hear that one
   * has come. A name that was not agreed on, or that another stream's packets have, counts for nothing.
   */
  #layerOf(data: Buffer): TrackLayer | undefined {
    const [first] = this.#layers;
    if (first?.rid === undefined) return first;
    const stream = streamOf(data);
    const known = this.#layers.find(({ reception }) => reception?.stream === stream);
    if (known !== undefined) return known;
    const rid = ridOf(data, RID_ID);
    return rid === undefined ? undefined : this.#layers.find((layer) => layer.rid === rid);
  }

  /** Without names the best one alone comes, and is all there is. */
  #make(rids: readonly string[]): TrackLayer[] {
    const best = this.#planned.at(-1);
    const agreed = this.#planned.filter(({ rid }) => rid !== undefined && rids.includes(rid));
    const layers = agreed.length > 0 || best === undefined ? agreed : [{ ...best, rid: undefined }];
    return layers.map((layer) => new TrackLayer(this.name, layer, this.#sender));
  }
}
