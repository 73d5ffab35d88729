export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Small pictures are still to be hit by a finger. */
const LEAST_PX = 48;

/** A picture's size in a box, never larger than it is, in whole pixels. */
export function fitInside(size: Size, box: Size): Size {
  const scale = Math.min(1, box.width / size.width, box.height / size.height);
  return {
    width: Math.max(LEAST_PX, Math.round(size.width * scale)),
    height: Math.max(LEAST_PX, Math.round(size.height * scale)),
  };
}
