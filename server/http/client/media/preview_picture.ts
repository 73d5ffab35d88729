import { downloadPreviewPicture as operation } from "../../../../core/api/preview.ts";
import { OperationError } from "../../../../core/errors.ts";
import type { MediaDeps } from "../../../services/media/media_deps.ts";
import { pictureKey } from "../../../services/previews/preview_finder.ts";
import { findPreviewPicture } from "../../../services/previews/preview_rows.ts";
import { type Route, route } from "../../route.ts";
import { serveBlob } from "./serve_blob.ts";

/**
 * The picture of a preview, for whoever is signed in and knows its id: what anybody could see on
 * the web, and an id that only messages with the link say.
 */
export function previewPictureRoute(deps: Pick<MediaDeps, "sql" | "blobs" | "meter">): Route {
  return route(operation, async ({ params, request }) => {
    const id = params.preview_id;
    const found = await findPreviewPicture(deps.sql, id);
    if (found === undefined) {
      throw new OperationError("not_found", `There is no preview ${JSON.stringify(id)} here.`);
    }
    const { blobPrefix, size } = found;
    return await serveBlob(deps, {
      key: pictureKey(blobPrefix),
      size,
      type: "image/webp",
      inline: true,
      name: "preview.webp",
      tag: blobPrefix.replaceAll("/", "-"),
    }, request);
  });
}
