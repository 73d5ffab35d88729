import { exifOrientation } from "./exif_orientation.ts";
import { ascii, Pieces, type Stripped, view } from "./stripped.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COM = 0xfe;
/** A JFIF header without the thumbnail it may carry. */
const BARE_JFIF_BYTES = 16;

/**
 * Keeps tables, frames and scans; of the application segments only a bare JFIF header and
 * Adobe's color transform. EXIF, XMP, IPTC, comments, second pictures and everything behind
 * the end of the picture are gone. ITU-T T.81 annex B.
 */
export function stripJpeg(input: Uint8Array): Stripped {
  const pieces = new Pieces();
  const data = view(input);
  let orientation = 1;
  let hasProfile = false;
  let whole = false;
  let at = 2;
  pieces.add(input.subarray(0, 2));
  while (at + 4 <= input.length || (at + 2 <= input.length && input[at + 1] === EOI)) {
    if (input[at] !== 0xff) break;
    const marker = input[at + 1] ?? 0;
    if (marker === 0xff) { // fill byte
      at++;
      continue;
    }
    if (marker === EOI) {
      whole = true;
      break;
    }
    if (marker === SOI || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) break;
    const length = data.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > input.length) break;
    const segment = input.subarray(at, end);
    const payload = segment.subarray(4);
    if (marker === APP1 && ascii(payload, 0, 6) === "Exif\0\0") {
      orientation = exifOrientation(payload);
    } else if (marker === APP2 && ascii(payload, 0, 12) === "ICC_PROFILE\0") {
      hasProfile = true;
    }
    if (isNeeded(marker, segment)) pieces.add(segment);
    at = end;
    if (marker === SOS) {
      const scanEnd = endOfScan(input, at);
      pieces.add(input.subarray(at, scanEnd));
      at = scanEnd;
    }
  }
  pieces.add(Uint8Array.of(0xff, EOI));
  return { bytes: pieces.join(), orientation, hasProfile, animated: false, whole };
}

function isNeeded(marker: number, segment: Uint8Array): boolean {
  if (marker === COM) return false;
  if (marker === APP0) {
    return ascii(segment, 4, 5) === "JFIF\0" && segment.length === 2 + BARE_JFIF_BYTES;
  }
  if (marker === APP14) return ascii(segment, 4, 5) === "Adobe" && segment.length <= 2 + 14;
  return marker < APP0 || marker > 0xef;
}

/** Entropy-coded data ends at the first marker that is neither stuffing nor a restart. */
function endOfScan(input: Uint8Array, start: number): number {
  for (let at = start; at + 1 < input.length; at++) {
    if (input[at] !== 0xff) continue;
    const next = input[at + 1] ?? 0;
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return input.length;
}
