import { ascii, view } from "./stripped.ts";

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;
/** IFD0 of real cameras has about 20 entries. */
const MAX_ENTRIES = 512;

/** Orientation 1..8 out of an EXIF block (TIFF, with or without `Exif\0\0`); 1 when none. */
export function exifOrientation(block: Uint8Array): number {
  const tiff = ascii(block, 0, 6) === "Exif\0\0" ? block.subarray(6) : block;
  if (tiff.length < 8) return 1;
  const order = ascii(tiff, 0, 2);
  if (order !== "II" && order !== "MM") return 1;
  const little = order === "II";
  const data = view(tiff);
  const ifd = data.getUint32(4, little);
  if (ifd + 2 > tiff.length) return 1;
  const count = Math.min(data.getUint16(ifd, little), MAX_ENTRIES);
  for (let i = 0; i < count; i++) {
    const at = ifd + 2 + i * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return 1;
    if (data.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = data.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
