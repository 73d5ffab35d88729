/** Which square is taken out of a picture. */
export interface Crop {
  /** 1: the largest square that fits. */
  readonly zoom: number;
  /** Where it lies between the edges, 0 to 1. */
  readonly x: number;
  readonly y: number;
}

/** The square in pixels of the picture; it never leaves it. */
export function squareOf(
  picture: { readonly width: number; readonly height: number },
  crop: Crop,
): { readonly left: number; readonly top: number; readonly side: number } {
  const side = Math.max(1, Math.min(picture.width, picture.height) / Math.max(1, crop.zoom));
  return {
    left: (picture.width - side) * crop.x,
    top: (picture.height - side) * crop.y,
    side,
  };
}
