import { join } from "node:path";
import { rgbaToThumbHash } from "thumbhash";
import type Vips from "wasm-vips";
import type { DrawnType, PictureJob, PictureResult } from "./protocol.ts";
import type { Stripped } from "./stripped.ts";
import type { VipsModule } from "./vips.ts";

const JPEG_QUALITY = 90;
const WEBP_QUALITY = 82;
/** Of the WebP encoder, 0..6: what a person waits for is the upload, not the last percent. */
const WEBP_EFFORT = 2;
/** A thumbhash is made from at most this many pixels a side. */
const THUMBHASH_SIDE = 100;
/** Longest side of any picture that is decoded. WebP cannot hold more. */
const MAX_SIDE = 16_383;

type Drawn = Omit<PictureResult, "path" | "thumbnails" | "drawn" | "fault"> & {
  readonly bytes: Uint8Array;
  readonly thumbnails: { name: string; bytes: Uint8Array; width: number; height: number }[];
};

/** A picture that asks for more than it may. */
export class PictureTooLarge extends Error {
  override readonly name = "PictureTooLarge";
}

/**
 * Decodes a stripped picture once for proof and for its small versions. What is kept is the
 * stripped original where that looks the same; it is encoded anew, upright and in sRGB, where it
 * carried a rotation or a color profile or must become smaller. Throws what libvips throws.
 */
export function drawPicture(
  vips: VipsModule,
  source: { input: Uint8Array; stripped: Stripped; type: DrawnType },
  job: Pick<PictureJob, "fit" | "thumbnails" | "maxPixels">,
): Drawn {
  requireDrawable(vips, source.input, job.maxPixels);
  const { stripped, type } = source;
  // Of PNG the decoder knows only the first frame.
  const animated = type === "image/gif" || (type === "image/webp" && stripped.animated);
  const looksTheSame = stripped.orientation === 1 && !stripped.hasProfile;
  const kept = job.fit !== null
    ? shrink(vips, source.input, { ...job.fit, animated })
    : looksTheSame
    ? { bytes: stripped.bytes, type }
    : redraw(vips, source.input, { type, animated });
  const { width, height } = measure(vips, kept.bytes);
  const thumbnails: Drawn["thumbnails"] = [];
  // Largest first: each is made from the one before, so the whole picture is decoded once.
  let from = kept.bytes;
  for (const [i, box] of job.thumbnails.toSorted((a, b) => b.width - a.width).entries()) {
    // Of what moves there is always one that stands still, of its own size if need be.
    const still = stripped.animated && i === 0;
    if (width <= box.width && height <= box.height && !still) continue;
    const small = shrink(vips, from, { ...box, animated: false });
    thumbnails.push({ name: box.name, bytes: small.bytes, ...measure(vips, small.bytes) });
    from = small.bytes;
  }
  return { ...kept, width, height, thumbhash: thumbhashOf(vips, from), thumbnails };
}

/** Reads headers only: nothing is decoded before its size is known to be allowed. */
function requireDrawable(vips: VipsModule, bytes: Uint8Array, maxPixels: number): void {
  const image = vips.Image.newFromBuffer(bytes);
  try {
    const pages = image.getTypeof("n-pages") === 0 ? 1 : image.getInt("n-pages");
    const pixels = image.width * image.height * pages;
    if (pixels > maxPixels || image.width > MAX_SIDE || image.height > MAX_SIDE) {
      throw new PictureTooLarge(
        `${image.width}x${image.height} and ${pages} frames are more than ${maxPixels} pixels`,
      );
    }
  } finally {
    image.delete();
  }
}

function measure(vips: VipsModule, bytes: Uint8Array): { width: number; height: number } {
  const image = vips.Image.newFromBuffer(bytes);
  const { width, height } = image;
  image.delete();
  return { width, height };
}

/** A WebP no larger than the box, upright, in sRGB; never larger than the original. */
function shrink(
  vips: VipsModule,
  bytes: Uint8Array,
  box: { width: number; height: number; animated: boolean },
): { bytes: Uint8Array; type: string } {
  const image = thumbnail(vips, bytes, box);
  try {
    return { bytes: encodeWebp(image), type: "image/webp" };
  } finally {
    image.delete();
  }
}

function thumbnail(
  vips: VipsModule,
  bytes: Uint8Array,
  box: { width: number; height: number; animated: boolean },
): Vips.Image {
  return vips.Image.thumbnailBuffer(bytes, box.width, {
    height: box.height,
    size: "down",
    output_profile: "srgb",
    // Its own `fail_on` does not reach the loader.
    option_string: box.animated ? "[fail_on=error,n=-1]" : "[fail_on=error]",
  });
}

function encodeWebp(image: Vips.Image): Uint8Array {
  return image.webpsaveBuffer({ Q: WEBP_QUALITY, effort: WEBP_EFFORT, keep: "none" });
}

/** The whole picture again in its own format, with rotation and profile worked in. */
function redraw(
  vips: VipsModule,
  bytes: Uint8Array,
  options: { type: DrawnType; animated: boolean },
): { bytes: Uint8Array; type: string } {
  const { width, height } = measure(vips, bytes);
  // Room for either orientation: `thumbnail` turns upright, converts the profile, and with
  // size "down" and this box changes no pixel's place.
  const side = Math.max(width, height);
  const image = thumbnail(vips, bytes, { width: side, height: side, animated: options.animated });
  try {
    switch (options.type) {
      case "image/jpeg":
        return {
          bytes: image.jpegsaveBuffer({ Q: JPEG_QUALITY, optimize_coding: true, keep: "none" }),
          type: "image/jpeg",
        };
      case "image/png":
        return { bytes: image.pngsaveBuffer({ keep: "none" }), type: "image/png" };
      case "image/webp":
      case "image/gif":
        return { bytes: encodeWebp(image), type: "image/webp" };
    }
  } finally {
    image.delete();
  }
}

function thumbhashOf(vips: VipsModule, bytes: Uint8Array): string {
  const side = THUMBHASH_SIDE;
  const image = thumbnail(vips, bytes, { width: side, height: side, animated: false });
  const plain = image.colourspace("srgb").cast("uchar");
  const rgba = plain.hasAlpha() ? plain : plain.bandjoin(255);
  const hash = rgbaToThumbHash(rgba.width, rgba.height, rgba.writeToMemory());
  for (const each of new Set([image, plain, rgba])) each.delete();
  return btoa(String.fromCharCode(...hash));
}

/** Writes what was drawn into the job's folder. */
export async function writeDrawn(drawn: Drawn, folder: string): Promise<PictureResult> {
  const path = join(folder, "picture");
  await Deno.writeFile(path, drawn.bytes, { mode: 0o600 });
  const thumbnails: PictureResult["thumbnails"] = [];
  for (const { name, bytes, width, height } of drawn.thumbnails) {
    const thumbnailPath = join(folder, `thumbnail-${name}`);
    await Deno.writeFile(thumbnailPath, bytes, { mode: 0o600 });
    thumbnails.push({ name, path: thumbnailPath, width, height, size: bytes.length });
  }
  const { type, width, height, thumbhash } = drawn;
  return { path, type, drawn: true, width, height, thumbhash, thumbnails, fault: null };
}
