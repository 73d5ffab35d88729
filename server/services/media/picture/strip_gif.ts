import { ascii, Pieces, type Stripped } from "./stripped.ts";

const HEADER_BYTES = 13;
const TRAILER = 0x3b;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
/** The two names of the one application block that draws: how often to loop. */
const LOOPS = new Set(["NETSCAPE2.0", "ANIMEXTS1.0"]);

/** Keeps pictures, their timing and the loop count; comments, texts, XMP and what follows are gone. GIF89a. */
export function stripGif(input: Uint8Array): Stripped {
  const pieces = new Pieces();
  let frames = 0;
  let whole = false;
  let at = HEADER_BYTES + tableBytes(input[10] ?? 0);
  pieces.add(input.subarray(0, at));
  while (at < input.length) {
    const block = input[at];
    if (block === TRAILER) {
      whole = true;
      break;
    }
    if (block === EXTENSION) {
      const end = endOfBlocks(input, at + 2);
      if (end === undefined) break;
      if (isNeeded(input, at)) pieces.add(input.subarray(at, end));
      at = end;
    } else if (block === IMAGE && at + 10 < input.length) {
      const end = endOfBlocks(input, at + 11 + tableBytes(input[at + 9] ?? 0));
      if (end === undefined) break;
      pieces.add(input.subarray(at, end));
      frames++;
      at = end;
    } else {
      break;
    }
  }
  pieces.add(Uint8Array.of(TRAILER));
  return { bytes: pieces.join(), orientation: 1, hasProfile: false, animated: frames > 1, whole };
}

function isNeeded(input: Uint8Array, at: number): boolean {
  if (input[at + 1] === GRAPHIC_CONTROL) return true;
  return input[at + 1] === APPLICATION && LOOPS.has(ascii(input, at + 3, 11));
}

/** Bytes of the color table that a packed field announces. */
function tableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1);
}

/** Behind the empty block that ends a chain of sub-blocks. */
function endOfBlocks(input: Uint8Array, start: number): number | undefined {
  let at = start;
  while (at < input.length) {
    const length = input[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
}
