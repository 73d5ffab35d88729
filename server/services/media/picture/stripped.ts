/** A picture without anything but what is needed to draw it. */
export interface Stripped {
  readonly bytes: Uint8Array;
  /** EXIF orientation 1..8 that was found; 1 when none. EXIF 2.32, tag 0x0112. */
  readonly orientation: number;
  /** It carried a color profile: without it the same bytes look different. */
  readonly hasProfile: boolean;
  readonly animated: boolean;
  /** The structure was sound to its end; otherwise it was cut where it stopped making sense. */
  readonly whole: boolean;
}

/** Collects the kept pieces of a file without copying them one by one. */
export class Pieces {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  join(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return bytes;
  }
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes from `start` as Latin-1 text; shorter at the end. */
export function ascii(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
