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
}

interface MutablePart extends Part {
  holds: OfferedStream | undefined;
  /** Offered as empty, and answered since: it may hold another stream. */
  isFree: boolean;
}

/**
 * Which part of a participant's description carries what. Parts are never taken away: the one of
 * somebody who left is offered as inactive, and used again, for the same kind of track, after that
 * was answered; one that the browser sends by stays for good, so that its stream keeps its number.
 * Where there are too many streams the last ones have no part until one is free; what is shown leaves
 * room for voices.
 */
export class Parts {
  readonly #parts: MutablePart[] = [];

  /** Fits the parts to the streams that there are now, and to what the browser may send. */
  assign(streams: readonly OfferedStream[], sent: Iterable<ShownTrack> = []): void {
    for (const part of this.#parts) {
      if (part.holds !== undefined && !streams.includes(part.holds)) {
        part.holds = undefined;
        part.isFree = false;
      }
    }
    for (const track of sent) {
      if (!this.#parts.some((part) => part.isSent && part.track === track)) {
        this.#append(track, true);
      }
    }
    const placed = new Set(this.#parts.map((part) => part.holds));
    for (const stream of streams) {
      if (placed.has(stream)) continue;
      const part = this.#parts.find((each) => each.isFree && each.track === stream.track) ??
        (this.#hasRoom(stream.track) ? this.#append(stream.track, false) : undefined);
      if (part === undefined) continue;
      part.holds = stream;
      part.isFree = false;
    }
  }

  /**
   * An offer of these parts was answered. One of a picture is not used again: Chromium (to 156 at
   * least) opens no frames of the second one in it.
   */
  settle(): void {
    for (const part of this.#parts) {
      part.isFree = !part.isSent && part.holds === undefined &&
        TRACKS[part.track].media === "audio";
    }
  }

  list(): readonly Part[] {
    return this.#parts.map(({ mid, track, isSent, holds }) => ({ mid, track, isSent, holds }));
  }

  #hasRoom(track: TrackName): boolean {
    const { maxSdpParts, sdpPartsForVoices } = limits.voice;
    const shown = this.#parts.filter((part) => !part.isSent && part.track !== "voice");
    return track === "voice" || shown.length < maxSdpParts - sdpPartsForVoices;
  }

  #append(track: TrackName, isSent: boolean): MutablePart | undefined {
    if (this.#parts.length >= limits.voice.maxSdpParts) return undefined;
    const mid = String(this.#parts.length + 1);
    const part: MutablePart = { mid, track, isSent, holds: undefined, isFree: !isSent };
    this.#parts.push(part);
    return part;
  }
}
