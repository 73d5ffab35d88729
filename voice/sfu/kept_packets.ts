import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";

/** A packet of a picture, as it is sent to each listener but for its number. */
export interface KeptPacket {
  readonly header: Buffer;
  readonly payload: Buffer;
}

/** The last packets of one stream, by their index: what a listener missed is sent once more. */
export class KeptPackets {
  readonly #indices: number[] = new Array(limits.voice.maxKeptPackets).fill(-1);
  readonly #lengths: number[] = new Array(limits.voice.maxKeptPackets).fill(0);
  #memory: Buffer | undefined;
  readonly #headerBytes: number;

  constructor(headerBytes: number) {
    this.#headerBytes = headerBytes;
  }

  put(index: number, { header, payload }: KeptPacket): void {
    const { maxDatagramBytes, maxKeptPackets } = limits.voice;
    this.#memory ??= Buffer.allocUnsafeSlow(maxKeptPackets * maxDatagramBytes);
    const place = index % maxKeptPackets;
    const at = place * maxDatagramBytes;
    header.copy(this.#memory, at);
    payload.copy(this.#memory, at + this.#headerBytes);
    this.#indices[place] = index;
    this.#lengths[place] = this.#headerBytes + payload.length;
  }

  /** It lies in memory that `put` writes to. */
  get(index: number): KeptPacket | undefined {
    const { maxDatagramBytes, maxKeptPackets } = limits.voice;
    const place = index % maxKeptPackets;
    if (this.#memory === undefined || this.#indices[place] !== index) return undefined;
    const at = place * maxDatagramBytes;
    return {
      header: this.#memory.subarray(at, at + this.#headerBytes),
      payload: this.#memory.subarray(at + this.#headerBytes, at + (this.#lengths[place] ?? 0)),
    };
  }

  clear(): void {
    this.#indices.fill(-1);
  }

  /** Nothing is kept, and no memory for it either until the next `put`. */
  release(): void {
    this.clear();
    this.#memory = undefined;
  }
}
