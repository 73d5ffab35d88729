import { z } from "zod";

/** Kinds of picture that can be drawn here, and so be made smaller. */
export const DRAWN_TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"] as const;
export type DrawnType = (typeof DRAWN_TYPES)[number];

/** Files made of boxes, whose metadata is blanked without drawing them. */
export const BOX_TYPES = [
  "image/avif",
  "image/heic",
  "image/heif",
  "image/jxl",
  "video/mp4",
  "video/quicktime",
  "video/x-m4v",
  "audio/mp4",
  "audio/x-m4a",
  "video/3gpp",
] as const;
export type BoxType = (typeof BOX_TYPES)[number];

/** A box that a picture must fit into, in pixels. */
export const PictureBox = z.object({ width: z.number().int(), height: z.number().int() });
export type PictureBox = z.infer<typeof PictureBox>;

/** One line to the child: the work on one file. Paths are absolute. */
export const PictureJob = z.object({
  /** Rewritten in place where that is possible. */
  input: z.string(),
  /** An empty folder for what is made. */
  outputFolder: z.string(),
  type: z.enum([...DRAWN_TYPES, ...BOX_TYPES]),
  /** `strip`: only remove metadata, decode nothing. */
  mode: z.enum(["draw", "strip"]),
  /** Make the picture this small (avatars, icons, emoji); null leaves its size. */
  fit: PictureBox.nullable(),
  thumbnails: z.array(PictureBox.extend({ name: z.string() })),
  /** Of all frames together. */
  maxPixels: z.number().int(),
});
export type PictureJob = z.infer<typeof PictureJob>;

export const PictureThumbnail = PictureBox.extend({
  name: z.string(),
  path: z.string(),
  size: z.number().int(),
});

/** One line back. */
export const PictureResult = z.object({
  /** Where the file without metadata is: the input itself, or a new file. */
  path: z.string(),
  type: z.string(),
  /** False: it could not be drawn; what is at `path` has no metadata all the same. */
  drawn: z.boolean(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  thumbhash: z.string().nullable(),
  /** WebP stills. */
  thumbnails: z.array(PictureThumbnail),
  /** Why it could not be drawn, for the log. */
  fault: z.string().nullable(),
});
export type PictureResult = z.infer<typeof PictureResult>;
