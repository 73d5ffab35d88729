import { Buffer } from "node:buffer";
import type { Listener, Source } from "./listener.ts";
import { countBy, type MediaStats } from "./media.ts";
import type { Publisher } from "./publisher.ts";
import type { Route } from "./route.ts";
import { RTP_HEADER, timestampOf } from "./rtp.ts";
import type { SendBudget } from "./send_budget.ts";
import { Speakers } from "./speakers.ts";
import type { OpenedRtp } from "./srtp.ts";
import { buildSenderReport, type Feedback, type SenderReport } from "./rtcp.ts";
import type { Track } from "./track.ts";
import type { TrackLayer } from "./track_layer.ts";

/** What pictures leave of the budget to voices, in seconds' worth: else they would use it all. */
const KEPT_FOR_VOICES = 0.5;

/** Somebody in a call, as forwarding sees them. */
export interface Member {
  readonly publisher: Publisher;
  readonly listener: Listener;
  /** What they have shown so far, by the stream's number. */
  readonly tracks: ReadonlyMap<number, Track>;
  /** Where they can be reached now; undefined while they are not connected. */
  readonly reachedBy: Route | undefined;
}

/** Of one call, and what all calls share. */
export interface CallBounds {
  readonly maxSpeakers: number;
  readonly budget: SendBudget;
}

/** Who hears whom: one packet in, one out for each listener. */
export class Call {
  readonly #members = new Set<Member>();
  readonly #speakers: Speakers;
  readonly #budget: SendBudget;
  readonly #header = Buffer.alloc(RTP_HEADER);

  constructor(bounds: CallBounds) {
    this.#speakers = new Speakers(bounds.maxSpeakers);
    this.#budget = bounds.budget;
  }

  get members(): ReadonlySet<Member> {
    return this.#members;
  }

  add(member: Member): void {
    this.#members.add(member);
  }

  remove(member: Member): void {
    if (!this.#members.delete(member)) return;
    this.#speakers.remove(member.publisher);
    for (const other of this.#members) {
      other.listener.forget(member.publisher.stream);
      for (const stream of member.tracks.keys()) other.listener.forget(stream);
    }
  }

  /** Somebody who may not speak any more makes room among those who are heard. */
  silence(publisher: Publisher): void {
    this.#speakers.remove(publisher);
  }

  /** Whether the server may still send at this time. */
  mayForward(now: number): boolean {
    return this.#budget.admits(now);
  }

  /** The same for what is shown: it leaves a part of the budget to voices. */
  mayShow(now: number): boolean {
    return this.#budget.admits(now, KEPT_FOR_VOICES);
  }

  /**
   * Forwards a packet that was opened and accepted. Its header is written once, without extensions:
   * they tell listeners nothing that the payload's key should not open.
   */
  forward(from: Publisher, data: Buffer, opened: OpenedRtp, counts: MediaStats): void {
    const place = this.#speakers.admit(from);
    if (place === undefined) return;
    if (place.isNew) from.generation++;
    this.#writeHeader(from, data);
    this.#sendAll(from, opened, counts);
  }

  /** The same for a packet of something shown: that of its best layer goes to those who watch it. */
  show(
    { track: from, layer }: { readonly track: Track; readonly layer: TrackLayer },
    data: Buffer,
    opened: OpenedRtp,
    counts: MediaStats,
  ): void {
    if (layer !== from.best) return;
    this.#writeHeader(from, data);
    layer.keep(opened.index, this.#header, opened.payload);
    this.#sendAll(from, opened, counts);
  }

  /**
   * Passes on what a sender says of its stream's time: by that browsers play a camera in step with
   * the voice, and the sound of a screen with its picture.
   */
  tellTime(from: Source, { senderInfo }: SenderReport): void {
    const report = buildSenderReport(from.stream, senderInfo);
    for (const { publisher, listener, reachedBy } of this.#members) {
      if (publisher === from || reachedBy === undefined) continue;
      listener.report(reachedBy, from, report);
    }
  }

  /** Somebody begins to watch these: a picture that is whole comes first. */
  watch(streams: readonly number[], now: number): void {
    for (const stream of streams) this.#track(stream)?.wantPicture(now);
  }

  /** What somebody says of the streams that they watch, and of no others. `now` is monotonic. */
  hear(member: Member, feedback: Feedback, now: number, counts: MediaStats): void {
    const { listener, reachedBy } = member;
    const watched = (stream: number) => listener.takes(stream) ? this.#track(stream) : undefined;
    for (const { stream, lost } of feedback.losses) watched(stream)?.lost(lost);
    for (const stream of feedback.pictures) watched(stream)?.wantPicture(now);
    for (const { stream, sequences } of feedback.missed) {
      const track = watched(stream);
      const layer = track?.best;
      if (!track?.isOn || !layer || reachedBy === undefined || !this.mayShow(now)) continue;
      const { bytes, missing } = listener.resend(reachedBy, { track, layer }, { sequences, now });
      countBy(reachedBy, counts, "bytesSent", bytes);
      this.#budget.spend(bytes);
      layer.miss(missing, now);
    }
  }

  #track(stream: number): Track | undefined {
    for (const { tracks } of this.#members) {
      const track = tracks.get(stream);
      if (track !== undefined) return track;
    }
    return undefined;
  }

  #writeHeader(from: Source, data: Buffer): void {
    const header = this.#header;
    // Version and padding of the original: padding lies within the payload.
    header.writeUInt8(0x80 | (data.readUInt8(0) & 0x20), 0);
    header.writeUInt8(data.readUInt8(1), 1);
    header.writeUInt32BE(timestampOf(data), 4);
    header.writeUInt32BE(from.stream, 8);
  }

  #sendAll(from: Source, opened: OpenedRtp, counts: MediaStats): void {
    let sent = 0;
    const packet = { from, header: this.#header, payload: opened.payload, index: opened.index };
    for (const { publisher, listener, reachedBy } of this.#members) {
      if (publisher === from || reachedBy === undefined) continue;
      const bytes = listener.deliver(reachedBy, packet);
      if (bytes === 0) continue;
      countBy(reachedBy, counts, "packetsForwarded");
      countBy(reachedBy, counts, "bytesSent", bytes);
      sent += bytes;
    }
    this.#budget.spend(sent);
  }
}
