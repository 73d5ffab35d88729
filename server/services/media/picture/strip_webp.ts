import { exifOrientation } from "./exif_orientation.ts";
import { ascii, Pieces, type Stripped, view } from "./stripped.ts";

const RIFF_HEADER_BYTES = 12;
const ANMF_HEADER_BYTES = 16;
/** Bits of VP8X: color profile, EXIF, XMP. */
const VP8X_METADATA_BITS = 0x20 | 0x08 | 0x04;
const VP8X_ANIMATION_BIT = 0x02;
const NEEDED = new Set(["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF"]);
const NEEDED_IN_FRAME = new Set(["VP8 ", "VP8L", "ALPH"]);

/** Keeps pictures, alpha and animation frames; EXIF, XMP, profiles and unknown chunks are gone. RFC 9649. */
export function stripWebp(input: Uint8Array): Stripped {
  const pieces = new Pieces();
  if (input.length < RIFF_HEADER_BYTES) {
    const bytes = new Uint8Array();
    return { bytes, orientation: 1, hasProfile: false, animated: false, whole: false };
  }
  let orientation = 1;
  let hasProfile = false;
  let animated = false;
  let hasPicture = false;
  const declaredEnd = view(input).getUint32(4, true) + 8;
  const end = Math.min(declaredEnd, input.length);
  const reached = walk(input, RIFF_HEADER_BYTES, end, (type, chunk) => {
    const payload = chunk.subarray(8);
    if (type === "ICCP") hasProfile = true;
    if (type === "EXIF") orientation = exifOrientation(payload);
    if (type === "VP8 " || type === "VP8L" || type === "ANMF") hasPicture = true;
    if (!NEEDED.has(type)) return;
    if (type === "VP8X") {
      const copy = chunk.slice();
      const flags = copy[8] ?? 0;
      animated = (flags & VP8X_ANIMATION_BIT) !== 0;
      copy[8] = flags & ~VP8X_METADATA_BITS;
      pieces.add(copy);
    } else {
      pieces.add(type === "ANMF" ? strippedFrame(chunk) : chunk);
    }
  });
  const body = pieces.join();
  const bytes = new Uint8Array(RIFF_HEADER_BYTES + body.length);
  bytes.set(input.subarray(0, RIFF_HEADER_BYTES));
  view(bytes).setUint32(4, body.length + 4, true);
  bytes.set(body, RIFF_HEADER_BYTES);
  const whole = hasPicture && reached === declaredEnd;
  return { bytes, orientation, hasProfile, animated, whole };
}

function strippedFrame(chunk: Uint8Array): Uint8Array {
  const pieces = new Pieces();
  const bodyStart = 8 + ANMF_HEADER_BYTES;
  const payloadEnd = 8 + view(chunk).getUint32(4, true);
  walk(chunk, bodyStart, payloadEnd, (type, inner) => {
    if (NEEDED_IN_FRAME.has(type)) pieces.add(inner);
  });
  const body = pieces.join();
  const bytes = new Uint8Array(bodyStart + body.length);
  bytes.set(chunk.subarray(0, bodyStart));
  view(bytes).setUint32(4, ANMF_HEADER_BYTES + body.length, true);
  bytes.set(body, bodyStart);
  return bytes;
}

/** Calls `each` for every whole chunk, padding included; answers where it stopped. */
function walk(
  input: Uint8Array,
  start: number,
  end: number,
  each: (type: string, chunk: Uint8Array) => void,
): number {
  const data = view(input);
  let at = start;
  while (at + 8 <= end) {
    const length = data.getUint32(at + 4, true);
    const next = at + 8 + length + (length & 1);
    if (next > end) break;
    each(ascii(input, at, 4), input.subarray(at, next));
    at = next;
  }
  return at;
}
