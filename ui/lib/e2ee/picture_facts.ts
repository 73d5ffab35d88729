import { rgbaToThumbHash } from "thumbhash";

/** Longest sides of the small picture that the timeline shows, in pixels. */
const THUMB = { width: 840, height: 640 };
/** A picture of no more bytes needs no smaller one. */
const SMALL_BYTES = 96 * 1024;
/** What a placeholder is computed from, at the most; the format allows 100. */
const HASH_PX = 100;
/** Where hidden data of a picture begins, this far in at the latest. */
const LOOK_BYTES = 512 * 1024;
const QUALITY = 0.9;
/** Still pictures that may carry a place, a camera and an owner. */
const MARKED = new Set(["image/jpeg", "image/png", "image/webp"]);
const MARKS = /Exif\0\0|eXIf|EXIF|XML:com\.adobe\.xmp|ns\.adobe\.com\/xap|XMP /;

export interface PictureFacts {
  /** The picture without what it says of its place and camera. */
  readonly file: Blob;
  readonly width: number;
  readonly height: number;
  /** Base64. */
  readonly thumbhash: string;
  /** Undefined where the picture is small enough itself. */
  readonly thumb: Blob | undefined;
}

function draw(picture: ImageBitmap, most: { width: number; height: number }): OffscreenCanvas {
  const scale = Math.min(1, most.width / picture.width, most.height / picture.height);
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(picture.width * scale)),
    Math.max(1, Math.round(picture.height * scale)),
  );
  context(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function context(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const found = canvas.getContext("2d");
  if (!found) throw new Error("This browser draws no pictures.");
  return found;
}

function hashOf(picture: ImageBitmap): string {
  const canvas = draw(picture, { width: HASH_PX, height: HASH_PX });
  const { data, width, height } = context(canvas)
    .getImageData(0, 0, canvas.width, canvas.height);
  return btoa(String.fromCharCode(...rgbaToThumbHash(width, height, data)));
}

/** Servers take hidden data out of pictures; they cannot see these, so it is done here. */
async function withoutMarks(file: File, picture: ImageBitmap): Promise<Blob> {
  if (!MARKED.has(file.type)) return file;
  const head = new Uint8Array(await file.slice(0, LOOK_BYTES).arrayBuffer());
  if (!MARKS.test(new TextDecoder("latin1").decode(head))) return file;
  const canvas = draw(picture, picture);
  return await canvas.convertToBlob({ type: file.type, quality: QUALITY });
}

/** What a message says of a picture; undefined where this browser cannot draw it. */
export async function readPicture(file: File): Promise<PictureFacts | undefined> {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  try {
    const clean = await withoutMarks(file, picture);
    const large = clean.size > SMALL_BYTES;
    return {
      file: clean,
      width: picture.width,
      height: picture.height,
      thumbhash: hashOf(picture),
      thumb: large
        ? await draw(picture, THUMB).convertToBlob({ type: "image/webp", quality: QUALITY })
        : undefined,
    };
  } finally {
    picture.close();
  }
}
