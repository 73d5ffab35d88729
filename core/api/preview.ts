import { z } from "zod";
import { PREVIEW_WORDS } from "../previews/preview_words.ts";
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

/** What a page says of itself, for the sender of an encrypted message: no server adds a picture. */
export const LinkWords = Preview.pick({ url: true, site: true, title: true, description: true });
export type LinkWords = z.infer<typeof LinkWords>;

/** The link stands in the body, where no proxy writes it down. */
export const previewLink = defineOperation({
  id: "previewLink",
  method: "POST",
  path: "/client/v1/previews",
  tag: "media",
  summary:
    "What the page behind a link says of itself, for an encrypted message that is about to " +
    "be sent: this server asks the page once and keeps neither link nor answer",
  auth: "user",
  scope: null,
  body: z.object({ url: z.string().max(PREVIEW_WORDS.urlChars) }),
  result: z.object({
    preview: LinkWords.nullable().describe("Null: the page says nothing, or was not reached"),
  }),
  errors: ["invalid", "rate_limited", "unavailable"],
});
