import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { nextState, type SeatEvent, type SeatState } from "../session/seat_state.ts";
import { Negotiation, type Offer } from "../signalling/negotiation.ts";
import type { OfferedVoice } from "../signalling/parts.ts";
import type { Candidate } from "../signalling/write_offer.ts";
import type { DtlsIdentity } from "../werift/certificate.ts";
import { DtlsPeer } from "../werift/dtls_peer.ts";
import type { Call, Forwarded, Member } from "./call.ts";
import { IceAgent, makeCredentials } from "./ice_agent.ts";
import type { Aead } from "./engine.ts";
import { Listener } from "./listener.ts";
import { Publisher } from "./publisher.ts";
import { type Route, sendCopy } from "./route.ts";
import { buildReceiverReport, readSenderReport } from "./rtcp.ts";
import type { AnswerResult, JoinRequest, Seat } from "./sfu.ts";
import { deriveKeys, type MasterKey, SrtpReceiver, SrtpSender } from "./srtp.ts";

/** Counted over all seats. */
export interface Counts extends Forwarded {
  packetsReceived: number;
  bytesReceived: number;
  packetsRefused: number;
  handshakesFailed: number;
}

/** What a seat needs of the server that it is in. */
export interface SeatHost {
  readonly identity: DtlsIdentity;
  readonly candidates: readonly Candidate[];
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly counts: Counts;
  readonly aead: Aead;
  /** Checks that name these fragments are the seat's; those named before are no more. */
  onFragments(seat: SeatInCall, fragments: readonly string[]): void;
  /** The seat has given up its place; `rest` ends when nothing of it runs any more. */
  onVacant(seat: SeatInCall, rest: Promise<void>): void;
}

/** One participant's connection: transport, what is sent, what is heard, and what is offered. */
export class SeatInCall implements Seat, Member {
  readonly voice: OfferedVoice;
  readonly publisher: Publisher;
  readonly listener: Listener;
  readonly ice: IceAgent;
  readonly #host: SeatHost;
  readonly #call: Call;
  readonly #dtls: DtlsPeer;
  readonly #negotiation: Negotiation;
  readonly #joinedAt: number;
  #bitrate: number;
  #fingerprint: string | undefined;
  #receiver: SrtpReceiver | undefined;
  #sender: SrtpSender | undefined;
  #state: SeatState = "offered";
  #speaking = false;
  #reportedAt = 0;
  #isOfferDue = false;
  #onOffer: (offer: Offer) => void = () => {};
  #onState: (state: SeatState) => void = () => {};
  #onSpeaking: (speaking: boolean) => void = () => {};

  constructor(host: SeatHost, call: Call, request: JoinRequest, stream: number) {
    this.#host = host;
    this.#call = call;
    this.#bitrate = clampBitrate(request.bitrate);
    this.#joinedAt = host.clock.monotonic();
    this.publisher = new Publisher(stream, { speak: request.speak, bitrate: this.#bitrate });
    this.listener = new Listener(request.hear);
    this.voice = { participant: request.participant, stream };
    this.ice = new IceAgent(makeCredentials(host.rng));
    this.#dtls = new DtlsPeer(host.identity, {
      send: (datagram) => {
        if (this.ice.chosen !== undefined) sendCopy(this.ice.chosen, datagram);
      },
      onKeys: (keys) => this.#takeKeys(keys),
      onEnd: (reason) => {
        if (this.#state === "checked") this.#host.counts.handshakesFailed++;
        this.#fail(reason);
      },
    });
    this.#negotiation = new Negotiation(() => ({
      voices: this.#voicesOfOthers(),
      bitrate: this.#bitrate,
      ...this.ice.credentials,
      fingerprint: host.identity.fingerprint,
      candidates: host.candidates,
    }));
    host.onFragments(this, this.ice.fragments);
  }

  get offer(): Offer {
    return this.#negotiation.offer;
  }

  get state(): SeatState {
    return this.#state;
  }

  get reachedBy(): Route | undefined {
    return this.#state === "connected" ? this.ice.chosen : undefined;
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
    this.listener.take(answered.streams);
    this.#dtls.expect(fingerprint);
    this.#offerSoon();
    return { ok: true };
  }

  set(change: { readonly speak?: boolean; readonly hear?: boolean; readonly bitrate?: number }) {
    if (this.#isOver) return;
    const { speak, hear, bitrate } = change;
    if (speak !== undefined) this.publisher.speaks = speak;
    if (speak === false) {
      this.publisher.silence();
      this.#call.silence(this.publisher);
      this.#tellSpeaking();
    }
    if (hear !== undefined) this.listener.hears = hear;
    if (bitrate !== undefined && clampBitrate(bitrate) !== this.#bitrate) {
      this.#bitrate = clampBitrate(bitrate);
      this.publisher.bitrate = this.#bitrate;
      this.#negotiation.change();
      this.#offerSoon();
    }
  }

  restart(): void {
    if (this.#isOver) return;
    this.ice.restart(makeCredentials(this.#host.rng));
    this.#host.onFragments(this, this.ice.fragments);
    this.#negotiation.supersede();
    this.#offerSoon();
  }

  leave(): void {
    this.#move("leave");
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

  /** An authenticated check of this seat's browser. Returns the ways that it gives up. */
  takeCheck(route: Route, check: { readonly local: string; readonly nominated: boolean }) {
    const before = this.ice.fragments.length;
    const spare = this.ice.take(route, check, this.#host.clock.monotonic());
    if (this.ice.fragments.length !== before) this.#host.onFragments(this, this.ice.fragments);
    this.#move("check");
    return spare;
  }

  /** Anything but a check, by a way that checks have opened. */
  takeDatagram(route: Route, kind: "dtls" | "rtp" | "rtcp", data: Buffer): void {
    // A handshake keeps pieces of what comes.
    if (kind === "dtls") return this.#dtls.receive(Buffer.from(data));
    const genuine = kind === "rtp" ? this.#takeRtp(data) : this.#takeRtcp(data);
    if (genuine) this.ice.heard(route, this.#host.clock.monotonic());
    else this.#host.counts.packetsRefused++;
  }

  /** Looks at what time has changed. `now` is monotonic. */
  tick(now: number): void {
    this.publisher.tick(now);
    this.#tellSpeaking();
    const silentMs = now - (this.ice.checkedAt ?? this.#joinedAt);
    if (this.#state === "offered" || this.#state === "checked") {
      if (now - this.#joinedAt > limits.voice.maxConnectMs) this.#fail("it took too long");
    } else if (silentMs > limits.voice.consentMs) this.#fail("its checks have ended");
    else if (silentMs > limits.voice.silentMs) this.#move("silence");
    if (now - this.#reportedAt >= limits.voice.reportEveryMs) {
      this.#reportedAt = now;
      this.#report(now);
    }
  }

  #takeRtp(data: Buffer): boolean {
    const opened = this.#receiver?.openRtp(data);
    if (opened === undefined) return false;
    this.#host.counts.packetsReceived++;
    this.#host.counts.bytesReceived += data.length;
    const now = this.#host.clock.monotonic();
    if (this.publisher.accept(data, opened, now)) {
      if (this.#call.mayForward(now, this.#host.counts)) {
        this.#call.forward(this.publisher, data, opened, this.#host.counts);
      }
      this.#tellSpeaking();
    }
    return true;
  }

  #takeRtcp(data: Buffer): boolean {
    const plain = this.#receiver?.openRtcp(data);
    if (plain === undefined) return false;
    const report = readSenderReport(plain);
    if (report !== undefined) {
      this.publisher.reception?.takeReport(report, this.#host.clock.monotonic());
    }
    return true;
  }

  #report(now: number): void {
    const reception = this.publisher.reception?.report(now);
    if (reception === undefined || this.reachedBy === undefined) return;
    const sealed = this.#sender?.sealRtcp(buildReceiverReport(reception));
    if (sealed !== undefined) sendCopy(this.reachedBy, sealed);
  }

  #takeKeys(keys: { readonly receive: MasterKey; readonly send: MasterKey }): void {
    const { aead } = this.#host;
    this.#receiver = new SrtpReceiver(deriveKeys(keys.receive), aead);
    this.#sender = new SrtpSender(deriveKeys(keys.send), aead);
    this.listener.sender = this.#sender;
    this.#move("keys");
  }

  #voicesOfOthers(): OfferedVoice[] {
    return [...this.#call.members].flatMap((member) => member === this ? [] : [member.voice]);
  }

  /** One offer for all that changes at once. */
  #offerSoon(): void {
    if (this.#isOfferDue) return;
    this.#isOfferDue = true;
    queueMicrotask(() => {
      this.#isOfferDue = false;
      const offer = this.#isOver ? undefined : this.#negotiation.next();
      if (offer !== undefined) this.#tell(() => this.#onOffer(offer));
    });
  }

  #tellSpeaking(): void {
    if (this.publisher.speaking === this.#speaking) return;
    this.#speaking = this.publisher.speaking;
    this.#tell(() => this.#onSpeaking(this.#speaking));
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#host.log.log("info", "A voice connection has failed", { reason, state: this.#state });
    this.#move("failure");
  }

  #move(event: SeatEvent): void {
    const wasOver = this.#isOver;
    const state = nextState(this.#state, event);
    if (state === this.#state) return;
    this.#state = state;
    if (this.#isOver && !wasOver) {
      this.publisher.silence();
      this.#tellSpeaking();
      this.#call.remove(this);
      this.#host.onVacant(this, this.#dtls.close());
    }
    this.#tell(() => this.#onState(state));
  }

  /** What a listener throws must not end the packet or the tick that it was told of. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#host.log.log("error", "A listener of a voice connection has failed", { error });
    }
  }
}

function clampBitrate(bitrate: number): number {
  return Math.min(Math.max(bitrate, limits.voice.minBitrate), limits.voice.maxBitrate);
}
