import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { nextState, type SeatEvent, type SeatState } from "../session/seat_state.ts";
import type { DtlsIdentity } from "../werift/certificate.ts";
import { DtlsPeer } from "../werift/dtls_peer.ts";
import type { Call, Member } from "./call.ts";
import type { Aead } from "./engine.ts";
import { IceAgent } from "./ice_agent.ts";
import { Listener } from "./listener.ts";
import {
  countBy,
  type MediaOrder,
  type MediaReport,
  type MediaStats,
  type ShownPlan,
} from "./media.ts";
import { Publisher } from "./publisher.ts";
import { type Route, sendCopy } from "./route.ts";
import {
  buildBitrateBound,
  buildNack,
  buildPictureRequest,
  buildReceiverReport,
  readFeedback,
  readSenderReports,
} from "./rtcp.ts";
import { payloadTypeOf } from "./rtp.ts";
import { deriveKeys, type MasterKey, SrtpReceiver, SrtpSender } from "./srtp.ts";
import { Track } from "./track.ts";
import { TRACKS } from "../signalling/tracks.ts";

/** What a seat needs of where it is. */
export interface MediaSeatHost {
  readonly identity: DtlsIdentity;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the room that it is in. */
  readonly counts: MediaStats;
  readonly aead: Aead;
  report(report: MediaReport): void;
  /** Checks that name these fragments are the seat's; those named before are no more. */
  onFragments(seat: MediaSeat, fragments: readonly string[]): void;
  /** The seat has given up its place; `rest` ends when nothing of it runs any more. */
  onVacant(seat: MediaSeat, rest: Promise<void>): void;
}

/** The path of one participant's packets: transport, what is sent, and what is heard. */
export class MediaSeat implements Member {
  readonly stream: number;
  readonly publisher: Publisher;
  readonly listener: Listener;
  readonly tracks = new Map<number, Track>();
  readonly ice: IceAgent;
  readonly #host: MediaSeatHost;
  readonly #call: Call;
  readonly #dtls: DtlsPeer;
  readonly #joinedAt: number;
  #receiver: SrtpReceiver | undefined;
  #sender: SrtpSender | undefined;
  #state: SeatState = "offered";
  #speaking = false;
  #reportedAt = 0;
  /** What they show or have shown, by the number of its payload. */
  readonly #shown = new Map<number, Track>();
  #showReportedAt = 0;
  #bitrate: number;

  constructor(host: MediaSeatHost, call: Call, order: Extract<MediaOrder, { kind: "open" }>) {
    this.#host = host;
    this.#call = call;
    this.stream = order.seat;
    this.#joinedAt = host.clock.monotonic();
    this.#bitrate = order.bitrate;
    this.publisher = new Publisher(order.seat, order);
    this.listener = new Listener(order.hear);
    this.ice = new IceAgent(order.credentials);
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
    host.onFragments(this, this.ice.fragments);
  }

  get reachedBy(): Route | undefined {
    return this.#state === "connected" ? this.ice.chosen : undefined;
  }

  get #isOver(): boolean {
    return this.#state === "failed" || this.#state === "gone";
  }

  take(order: Exclude<MediaOrder, { kind: "open" }>): void {
    switch (order.kind) {
      case "change":
        return this.#change(order);
      case "show":
        return this.#show(order.tracks);
      case "take":
        return this.#takeStreams(order.streams);
      case "answered":
        this.#takeStreams(order.streams);
        for (const { name, rids } of order.layers) {
          this.#shown.get(TRACKS[name].payload)?.agree(rids);
        }
        return this.#dtls.expect(order.fingerprint);
      case "restart":
        this.ice.restart(order.credentials);
        return this.#host.onFragments(this, this.ice.fragments);
      case "close":
        return this.#move("leave");
    }
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
    const genuine = kind === "rtp" ? this.#takeRtp(route, data) : this.#takeRtcp(data);
    if (genuine) this.ice.heard(route, this.#host.clock.monotonic());
    else countBy(route, this.#host.counts, "packetsRefused");
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
    if (this.#shown.size > 0) this.#tickShown(now);
  }

  #change({ speak, hear, bitrate }: Extract<MediaOrder, { kind: "change" }>): void {
    if (speak !== undefined) this.publisher.speaks = speak;
    if (speak === false) {
      this.publisher.silence();
      this.#call.silence(this.publisher);
      this.#tellSpeaking();
    }
    if (hear !== undefined) this.listener.hears = hear;
    if (bitrate !== undefined) this.publisher.bitrate = this.#bitrate = bitrate;
  }

  /** All that is sent to them from now on. */
  #takeStreams(streams: readonly number[]): void {
    const added = this.listener.take(streams);
    if (added.length > 0) this.#call.watch(added, this.#host.clock.monotonic());
  }

  #show(plans: readonly ShownPlan[]): void {
    const streams = new Set(plans.map(({ stream }) => stream));
    for (const track of this.tracks.values()) track.isOn = streams.has(track.stream);
    for (const plan of plans.filter(({ stream }) => !this.tracks.has(stream))) {
      const track = new Track(plan, {
        askPackets: (stream, sequences) => this.#sendReport(buildNack(stream, sequences)),
        askPicture: (stream) => this.#sendReport(buildPictureRequest(stream)),
      });
      this.tracks.set(plan.stream, track);
      this.#shown.set(TRACKS[plan.name].payload, track);
    }
  }

  /** How what they show fares, and how much of it they may send. */
  #tickShown(now: number): void {
    for (const track of this.tracks.values()) track.tick(now);
    if (now - this.#showReportedAt < limits.voice.videoReportMs) return;
    this.#showReportedAt = now;
    let bitrate = this.#bitrate;
    const streams: number[] = [];
    for (const track of this.tracks.values()) {
      track.adapt();
      const come = track.layers.flatMap(({ reception }) => reception ?? []);
      if (come.length === 0 || !track.isOn) continue;
      bitrate += track.bitrate;
      for (const reception of come) {
        streams.push(reception.stream);
        this.#sendReport(buildReceiverReport(reception.report(now)));
      }
    }
    if (streams.length > 0) this.#sendReport(buildBitrateBound(bitrate, streams));
  }

  /** To their own browser. */
  #sendReport(packet: Buffer): void {
    if (this.reachedBy === undefined) return;
    const sealed = this.#sender?.sealRtcp(packet);
    if (sealed !== undefined) sendCopy(this.reachedBy, sealed);
  }

  #takeRtp(route: Route, data: Buffer): boolean {
    const opened = this.#receiver?.openRtp(data);
    if (opened === undefined) return false;
    const { counts } = this.#host;
    countBy(route, counts, "packetsReceived");
    countBy(route, counts, "bytesReceived", data.length);
    const now = this.#host.clock.monotonic();
    const shown = this.#shown.size === 0 ? undefined : this.#shown.get(payloadTypeOf(data));
    if (shown !== undefined) {
      const layer = shown.accept(data, opened, now);
      if (layer === undefined) return true;
      if (!this.#call.mayShow(now)) countBy(route, counts, "packetsOverBudget");
      else this.#call.show({ track: shown, layer }, data, opened, counts);
    } else if (this.publisher.accept(data, opened, now)) {
      if (!this.#call.mayForward(now)) countBy(route, counts, "packetsOverBudget");
      else this.#call.forward(this.publisher, data, opened, counts);
      this.#tellSpeaking();
    }
    return true;
  }

  #takeRtcp(data: Buffer): boolean {
    const plain = this.#receiver?.openRtcp(data);
    if (plain === undefined) return false;
    const now = this.#host.clock.monotonic();
    for (const report of readSenderReports(plain)) {
      if (this.publisher.reception?.takeReport(report, now)) {
        this.#call.tellTime(this.publisher, report);
      }
      for (const track of this.tracks.values()) {
        const layer = track.layers.find(({ reception }) => reception?.takeReport(report, now));
        if (layer !== undefined && layer === track.best) this.#call.tellTime(track, report);
      }
    }
    this.#call.hear(this, readFeedback(plain), now, this.#host.counts);
    return true;
  }

  #report(now: number): void {
    const reception = this.publisher.reception?.report(now);
    if (reception === undefined || this.reachedBy === undefined) return;
    this.#sendReport(buildReceiverReport(reception));
  }

  #takeKeys(keys: { readonly receive: MasterKey; readonly send: MasterKey }): void {
    const { aead } = this.#host;
    this.#receiver = new SrtpReceiver(deriveKeys(keys.receive), aead);
    this.#sender = new SrtpSender(deriveKeys(keys.send), aead);
    this.listener.sender = this.#sender;
    this.#move("keys");
  }

  #tellSpeaking(): void {
    const { speaking } = this.publisher;
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.#host.report({ kind: "speaking", seat: this.stream, speaking });
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
    this.#host.report({ kind: "state", seat: this.stream, state });
  }
}
