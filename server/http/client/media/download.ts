import { downloadMedia as operation } from "../../../../core/api/media.ts";
import { findMedia, type MediaReadDeps } from "../../../services/media/find_media.ts";
import { blobKey } from "../../../services/media/media_row.ts";
import { type Route, route } from "../../route.ts";
import { serveBlob } from "./serve_blob.ts";

export function downloadRoute(deps: MediaReadDeps): Route {
  return route(operation, async ({ caller, params, query, request }) => {
    const address = { server: params.server, mediaId: params.media_id };
    const row = await findMedia(deps, address, caller?.userId);
    return await serveBlob(deps, {
      key: blobKey(row.blob_prefix),
      size: row.size,
      type: row.type,
      inline: row.inline && query.download === undefined,
      name: row.name,
      tag: row.blake3,
    }, request);
  });
}
