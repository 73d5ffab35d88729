import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { SeatState } from "../session/seat_state.ts";
import { Negotiation, type Offer } from "../signalling/negotiation.ts";
import type { OfferedStream } from "../signalling/parts.ts";
import type { Layers } from "../signalling/layers.ts";
import type { ShownTrack } from "../signalling/tracks.ts";
import { type Credentials, makeCredentials } from "./ice_agent.ts";
import type { Media, MediaOrder, MediaReport } from "./media.ts";
import type { AnswerResult, JoinRequest, Seat } from "./sfu.ts";

/** What a seat needs of the server that it is in. */
export interface SeatHost {
  readonly rng: Rng;
  readonly log: Log;
  /** SHA-256 of the certificate that all of the server's media show. */
  readonly fingerprint: string;
  /** Where the packets of the seat's call go. */
  readonly media: Pick<Media, "candidates" | "tell">;
  /** What the call is counted under. */
  readonly room: number;
  /** In which layers browsers are asked for what they show. */
  readonly layers: Layers;
  /** A number that no stream has had. */
  newStream(): number;
  /** The voices of the others in the call, and of what they show what the seat holds. */
  othersOf(seat: SeatInCall): OfferedStream[];
  /** What the seat shows is different now. */
  onShown(seat: SeatInCall): void;
  /** The seat has given up its place. */
  onVacant(seat: SeatInCall): void;
}

/** One participant: what is offered to them, and what the path of their packets is told of it. */
export class SeatInCall implements Seat {
  readonly voice: OfferedStream;
  readonly #host: SeatHost;
  readonly #negotiation: Negotiation;
  /** All that they have shown: a track keeps its number. */
  readonly #streams = new Map<ShownTrack, OfferedStream>();
  #shown: readonly OfferedStream[] = [];
  #watched: ReadonlySet<string> = new Set();
  /**
   * What has a part in what is offered, watched last behind. What is not watched any more keeps its
   * part as long as there are enough: to watch it again needs no further one.
   */
  readonly #held = new Set<number>();
  /** What the browser has agreed to take. */
  #agreed: readonly number[] = [];
  #bitrate: number;
  #credentials: Credentials;
  #fingerprint: string | undefined;
  #state: SeatState = "offered";
  #isOfferDue = false;
  #onOffer: (offer: Offer) => void = () => {};
  #onState: (state: SeatState) => void = () => {};
  #onSpeaking: (speaking: boolean) => void = () => {};

  constructor(host: SeatHost, request: JoinRequest, stream: number) {
    this.#host = host;
    this.#bitrate = clampBitrate(request.bitrate);
    this.#credentials = makeCredentials(host.rng);
    this.voice = { participant: request.participant, stream, track: "voice" };
    const { call, speak, hear } = request;
    this.#tell({
      ...{ kind: "open", seat: stream, call, room: host.room, speak, hear },
      credentials: this.#credentials,
      bitrate: this.#bitrate,
    });
    this.#negotiation = new Negotiation(() => ({
      streams: host.othersOf(this),
      sent: this.#streams.keys(),
      bitrate: this.#bitrate,
      layers: host.layers,
      ...this.#credentials,
      fingerprint: host.fingerprint,
      candidates: host.media.candidates,
    }));
  }

  get offer(): Offer {
    return this.#negotiation.offer;
  }

  get state(): SeatState {
    return this.#state;
  }

  get #isOver(): boolean {
    return this.#state === "failed" || this.#state === "gone";
  }

  answer(seq: number, sdp: string): AnswerResult {
    if (this.#isOver) return { ok: false, reason: `the connection is ${this.#state}` };
    const answered = this.#negotiation.answer(seq, sdp);
    if (answered.kind === "refused") return { ok: false, reason: answered.reason };
    if (answered.kind === "repeated") return { ok: true };
    const { fingerprint } = answered.answer;
    if (this.#fingerprint !== undefined && this.#fingerprint !== fingerprint) {
      return { ok: false, reason: "the answer names another certificate than the one before" };
    }
    this.#fingerprint = fingerprint;
    this.#agreed = answered.streams;
    const streams = this.#taken();
    const layers = [...answered.answer.layers].map(([name, rids]) => ({ name, rids }));
    this.#tell({ kind: "answered", seat: this.voice.stream, fingerprint, streams, layers });
    this.#offerSoon();
    return { ok: true };
  }

  set(change: { readonly speak?: boolean; readonly hear?: boolean; readonly bitrate?: number }) {
    if (this.#isOver) return;
    const { bitrate: wanted, ...rights } = change;
    const bitrate = wanted === undefined ? this.#bitrate : clampBitrate(wanted);
    this.#tell({ kind: "change", seat: this.voice.stream, ...rights, bitrate });
    if (bitrate === this.#bitrate) return;
    this.#bitrate = bitrate;
    this.#negotiation.change();
    this.#offerSoon();
  }

  /** What they show, or have shown. */
  get streams(): readonly OfferedStream[] {
    return [...this.#streams.values()];
  }

  /** Of all that others show or have shown, what has a part in what is offered. */
  held(shown: readonly OfferedStream[]): OfferedStream[] {
    const present = new Set(shown.map(({ stream }) => stream));
    for (const stream of this.#held) if (!present.has(stream)) this.#held.delete(stream);
    for (const one of shown.filter((each) => this.#watches(each))) {
      this.#held.delete(one.stream);
      this.#held.add(one.stream);
    }
    const { maxSdpParts, sdpPartsForVoices } = limits.voice;
    const spare = Math.max(0, this.#held.size - (maxSdpParts - sdpPartsForVoices));
    for (const stream of [...this.#held].slice(0, spare)) this.#held.delete(stream);
    return shown.filter(({ stream }) => this.#held.has(stream));
  }

  #watches({ participant, track }: OfferedStream): boolean {
    return this.#watched.has(`${participant} ${track}`);
  }

  /** Whether something of theirs is watched that has no part until now. */
  lacksOf({ streams }: SeatInCall): boolean {
    return streams.some((one) => this.#watches(one) && !this.#held.has(one.stream));
  }

  show(tracks: readonly ShownTrack[]): void {
    const names = tracks.filter((track, at) => tracks.indexOf(track) === at);
    const isSame = names.length === this.#shown.length &&
      this.#shown.every(({ track }) => names.some((name) => name === track));
    if (this.#isOver || isSame) return;
    const known = this.#streams.size;
    this.#shown = names.map((track) => this.#streamOf(track));
    this.#tell({
      kind: "show",
      seat: this.voice.stream,
      tracks: names.map((name) => ({
        name,
        stream: this.#streamOf(name).stream,
        layers: this.#host.layers[name],
      })),
    });
    this.#host.onShown(this);
    if (this.#streams.size > known) this.onMembersChanged();
  }

  watch(wanted: readonly { readonly participant: string; readonly track: ShownTrack }[]): void {
    const watched = new Set(wanted.map(({ participant, track }) => `${participant} ${track}`));
    if (this.#isOver || isEqual(watched, this.#watched)) return;
    this.#watched = watched;
    const before = new Set(this.#held);
    this.#tell({ kind: "take", seat: this.voice.stream, streams: this.#taken() });
    // What had a part before is there at once: no description changes.
    if (!this.#held.isSubsetOf(before)) this.onMembersChanged();
  }

  /** Of what the browser has agreed to: voices, and what is watched now. */
  #taken(): number[] {
    const wanted = new Set(
      this.#host.othersOf(this)
        .filter((one) => one.track === "voice" || this.#watches(one))
        .map(({ stream }) => stream),
    );
    return this.#agreed.filter((stream) => wanted.has(stream));
  }

  restart(): void {
    if (this.#isOver) return;
    this.#credentials = makeCredentials(this.#host.rng);
    const credentials = this.#credentials;
    this.#tell({ kind: "restart", seat: this.voice.stream, credentials });
    this.#negotiation.supersede();
    this.#offerSoon();
  }

  leave(): void {
    if (this.#state === "gone") return;
    this.#tell({ kind: "close", seat: this.voice.stream });
    // The path of packets may have said so by now, and in another thread has not.
    if (this.state !== "gone") this.#move("gone");
  }

  onOffer(callback: (offer: Offer) => void): void {
    this.#onOffer = callback;
  }

  onState(callback: (state: SeatState) => void): void {
    this.#onState = callback;
  }

  onSpeaking(callback: (speaking: boolean) => void): void {
    this.#onSpeaking = callback;
  }

  onMembersChanged(): void {
    this.#negotiation.change();
    this.#offerSoon();
  }

  /** What the path of its packets says. After the end it says nothing that counts. */
  hear(report: MediaReport): void {
    if (this.#isOver) return;
    if (report.kind === "state") this.#move(report.state);
    else this.#call(() => this.#onSpeaking(report.speaking));
  }

  #streamOf(track: ShownTrack): OfferedStream {
    const known = this.#streams.get(track);
    if (known !== undefined) return known;
    const { participant } = this.voice;
    const made = { participant, track, stream: this.#host.newStream() };
    this.#streams.set(track, made);
    return made;
  }

  /** One offer for all that changes at once. */
  #offerSoon(): void {
    if (this.#isOfferDue) return;
    this.#isOfferDue = true;
    queueMicrotask(() => {
      this.#isOfferDue = false;
      const offer = this.#isOver ? undefined : this.#negotiation.next();
      if (offer !== undefined) this.#call(() => this.#onOffer(offer));
    });
  }

  #move(state: SeatState): void {
    const wasOver = this.#isOver;
    this.#state = state;
    if (this.#isOver && !wasOver) this.#host.onVacant(this);
    this.#call(() => this.#onState(state));
  }

  #tell(order: MediaOrder): void {
    this.#host.media.tell(order);
  }

  /** What a listener throws must not end the packet or the tick that it was told of. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#host.log.log("error", "A listener of a voice connection has failed", { error });
    }
  }
}

function isEqual(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((each) => others.has(each));
}

function clampBitrate(bitrate: number): number {
  return Math.min(Math.max(bitrate, limits.voice.minBitrate), limits.voice.maxBitrate);
}
