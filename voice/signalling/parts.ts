import { limits } from "../../core/limits.ts";
import { type ShownTrack, type TrackName, TRACKS } from "./tracks.ts";

/** What every description says alike. */
export const OPUS_PAYLOAD = TRACKS.voice.payload;
/** Number of the header extension that says how loud a packet is (RFC 6464). */
export const AUDIO_LEVEL_ID = 1;
/** The part of the browser's own microphone. */
export const MICROPHONE_MID = "0";

/** A voice, or something shown, that can be offered to somebody. */
export interface OfferedStream {
  readonly participant: string;
  /** Its stream's number (SSRC). */
  readonly stream: number;
  readonly track: TrackName;
}

/** One part of a description beside the microphone's. */
export interface Part {
  readonly mid: string;
  readonly track: TrackName;
  /** The browser sends by it; else it takes what the part holds. */
  readonly isSent: boolean;
  readonly holds: OfferedStream | undefined;
  /** Offered as over for good: another part with a name of its own takes its place. */
  readonly isClosed: boolean;
}

interface MutablePart extends Part {
  holds: OfferedStream | undefined;
  isClosed: boolean;
  /** Offered as empty or closed, and answered since. */
  isSettled: boolean;
}

/**
 * Which part of a participant's description carries what. A part's place is never taken away. The
 * part of a voice that left is offered as empty, and holds another voice after that was answered.
 * That of something shown is closed, and another one stands in its place afterwards (RFC 8829,
 * 5.2.2): in a part that is used again Chromium (to 156 at least) opens no frames of a second
 * picture. One that the browser sends by stays for good, so that its stream keeps its number. Where
 * there are too many streams the last ones have no part until one is free; what is shown leaves room
 * for voices.
 */
export class Parts {
  readonly #parts: MutablePart[] = [];
  #named = 0;
  /** Streams that found no part. */
  #waiting: readonly OfferedStream[] = [];

  /** Fits the parts to the streams that there are now, and to what the browser may send. */
  assign(streams: readonly OfferedStream[], sent: Iterable<ShownTrack> = []): void {
    for (const part of this.#parts) {
      if (part.holds === undefined || streams.includes(part.holds)) continue;
      part.holds = undefined;
      part.isClosed = part.track !== "voice";
      part.isSettled = false;
    }
    for (const track of sent) {
      if (!this.#parts.some((part) => part.isSent && part.track === track)) {
        this.#open(track, { isSent: true });
      }
    }
    const placed = new Set(this.#parts.map((part) => part.holds));
    this.#waiting = streams.filter((stream) => !placed.has(stream) && !this.#place(stream));
  }

  /** An offer of these parts was answered. Returns whether a stream that waits finds a part now. */
  settle(): boolean {
    for (const part of this.#parts) part.isSettled = true;
    return this.#waiting.some(({ track }) =>
      this.#emptyPart(track) !== undefined ||
      this.#hasRoom(track) && this.#freePlace() !== undefined
    );
  }

  list(): readonly Part[] {
    return this.#parts.map(({ mid, track, isSent, holds, isClosed }) => ({
      mid,
      track,
      isSent,
      holds,
      isClosed,
    }));
  }

  #place(stream: OfferedStream): boolean {
    const { track } = stream;
    const part = this.#emptyPart(track) ??
      (this.#hasRoom(track) ? this.#open(track, { isSent: false }) : undefined);
    if (part !== undefined) part.holds = stream;
    return part !== undefined;
  }

  #emptyPart(track: TrackName): MutablePart | undefined {
    return this.#parts.find((part) =>
      part.isSettled && !part.isClosed && !part.isSent && part.holds === undefined &&
      part.track === track
    );
  }

  #hasRoom(track: TrackName): boolean {
    const { maxSdpParts, sdpPartsForVoices } = limits.voice;
    const shown = this.#parts.filter((part) =>
      !part.isSent && !part.isClosed && part.track !== "voice"
    );
    return track === "voice" || shown.length < maxSdpParts - sdpPartsForVoices;
  }

  /** Where another part can stand: instead of one that is over, or behind the last one. */
  #freePlace(): number | undefined {
    const at = this.#parts.findIndex((part) => part.isClosed && part.isSettled);
    if (at >= 0) return at;
    return this.#parts.length < limits.voice.maxSdpParts ? this.#parts.length : undefined;
  }

  #open(track: TrackName, { isSent }: Pick<Part, "isSent">): MutablePart | undefined {
    const at = this.#freePlace();
    if (at === undefined) return undefined;
    const mid = String(++this.#named);
    const state = { holds: undefined, isClosed: false, isSettled: false };
    const part: MutablePart = { mid, track, isSent, ...state };
    this.#parts[at] = part;
    return part;
  }
}
