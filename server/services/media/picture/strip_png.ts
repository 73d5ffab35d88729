import { exifOrientation } from "./exif_orientation.ts";
import { ascii, Pieces, type Stripped, view } from "./stripped.ts";

/** What draws: pixels, palette, transparency, plain color numbers, animation. */
const NEEDED = new Set([
  "IHDR",
  "PLTE",
  "IDAT",
  "IEND",
  "tRNS",
  "gAMA",
  "cHRM",
  "sRGB",
  "sBIT",
  "cICP",
  "acTL",
  "fcTL",
  "fdAT",
]);
const SIGNATURE_BYTES = 8;

/** Keeps the chunks that draw; texts, times, EXIF, profiles and what follows IEND are gone. PNG 3rd ed. */
export function stripPng(input: Uint8Array): Stripped {
  const pieces = new Pieces();
  const data = view(input);
  let orientation = 1;
  let hasProfile = false;
  let animated = false;
  let whole = false;
  pieces.add(input.subarray(0, SIGNATURE_BYTES));
  for (let at = SIGNATURE_BYTES; at + 12 <= input.length && !whole;) {
    const length = data.getUint32(at);
    const end = at + 12 + length;
    if (end > input.length) break;
    const type = ascii(input, at + 4, 4);
    if (NEEDED.has(type)) pieces.add(input.subarray(at, end));
    if (type === "iCCP") hasProfile = true;
    if (type === "acTL") animated = true;
    if (type === "eXIf") orientation = exifOrientation(input.subarray(at + 8, at + 8 + length));
    whole = type === "IEND";
    at = end;
  }
  return { bytes: pieces.join(), orientation, hasProfile, animated, whole };
}
