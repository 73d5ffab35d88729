import { limits } from "../../core/limits.ts";

/** What every description says alike. */
export const OPUS_PAYLOAD = 111;
/** Number of the header extension that says how loud a packet is (RFC 6464). */
export const AUDIO_LEVEL_ID = 1;
/** The part of the browser's own microphone. */
export const MICROPHONE_MID = "0";

/** A voice that can be offered to somebody. */
export interface OfferedVoice {
  readonly participant: string;
  /** Its stream's number (SSRC). */
  readonly stream: number;
}

/** One part of a description beside the microphone's. */
interface Part {
  readonly mid: string;
  voice: OfferedVoice | undefined;
  /** Offered as empty, and answered since: it may hold another voice. */
  isFree: boolean;
}

/**
 * Which part of a participant's description carries whose voice. Parts are never taken away: the
 * one of somebody who left is offered as inactive, and used again after that was answered. Where
 * there are too many voices the last ones have no part until one is free.
 */
export class Parts {
  readonly #parts: Part[] = [];

  /** Fits the parts to the voices that there are now. */
  assign(voices: readonly OfferedVoice[]): void {
    for (const part of this.#parts) {
      if (part.voice !== undefined && !voices.includes(part.voice)) {
        part.voice = undefined;
        part.isFree = false;
      }
    }
    const placed = new Set(this.#parts.map((part) => part.voice));
    for (const voice of voices) {
      if (placed.has(voice)) continue;
      const part = this.#parts.find((each) => each.isFree) ?? this.#append();
      if (part === undefined) return;
      part.voice = voice;
      part.isFree = false;
    }
  }

  /** An offer of these parts was answered. */
  settle(): void {
    for (const part of this.#parts) part.isFree = part.voice === undefined;
  }

  list(): readonly { readonly mid: string; readonly voice: OfferedVoice | undefined }[] {
    return this.#parts.map(({ mid, voice }) => ({ mid, voice }));
  }

  #append(): Part | undefined {
    if (this.#parts.length >= limits.voice.maxSdpParts) return undefined;
    const part: Part = { mid: String(this.#parts.length + 1), voice: undefined, isFree: true };
    this.#parts.push(part);
    return part;
  }
}
