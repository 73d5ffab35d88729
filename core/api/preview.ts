import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** The one picture of a preview; its size is known, so that nothing moves when it loads. */
export const PreviewPicture = z.object({
  id: z.string().describe("For `downloadPreviewPicture`"),
  width: z.number().int(),
  height: z.number().int(),
  alt: z.string().nullable().describe("As the page describes it"),
});
export type PreviewPicture = z.infer<typeof PreviewPicture>;

/**
 * What the page behind a link says of itself, as this server found it: plain words of strangers,
 * cleaned and cut. `host` alone is no claim of the page.
 */
export const Preview = z.object({
  url: z.string().describe("The link as it stands in the message, normalized"),
  host: z.string().describe("Of the link itself, wherever it leads on to"),
  site: z.string().nullable(),
  title: z.string(),
  description: z.string().nullable(),
  picture: PreviewPicture.nullable(),
});
export type Preview = z.infer<typeof Preview>;

/** A WebP still that this server made; never what the page's server sent. */
export const downloadPreviewPicture = defineOperation({
  id: "downloadPreviewPicture",
  method: "GET",
  path: "/client/v1/previews/:preview_id/picture",
  tag: "media",
  summary: "Download the picture of a link's preview",
  auth: "user",
  scope: "read",
  binaryResult: true,
  params: z.object({ preview_id: z.string().max(64) }),
  result: z.unknown(),
  errors: ["not_found", "range"],
});
