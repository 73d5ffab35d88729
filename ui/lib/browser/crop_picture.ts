import { type Crop, squareOf } from "../crop.ts";

export type { Crop } from "../crop.ts";

/** The server keeps no larger ones. */
const OUT_PIXELS = 512;
/** Such files may move: a square of their first picture would take that away. */
const ANIMATED: readonly string[] = ["image/gif", "image/webp", "image/avif"];

/** A picture to take a square out of; undefined for one that is sent as it is. */
export async function readPicture(file: File): Promise<ImageBitmap | undefined> {
  if (ANIMATED.includes(file.type)) return undefined;
  return await createImageBitmap(file);
}

export function drawCrop(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const square = squareOf(picture, crop);
  const context = canvas.getContext("2d");
  context?.clearRect(0, 0, canvas.width, canvas.height);
  context?.drawImage(
    picture,
    square.left,
    square.top,
    square.side,
    square.side,
    0,
    0,
    canvas.width,
    canvas.height,
  );
}

/** The square as a file that can be sent. */
export async function cropSquare(picture: ImageBitmap, crop: Crop): Promise<File> {
  const side = Math.min(OUT_PIXELS, Math.round(squareOf(picture, crop).side));
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  drawCrop(canvas, picture, crop);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob === null) throw new Error("The picture could not be drawn.");
  return new File([blob], "avatar.png", { type: "image/png" });
}
