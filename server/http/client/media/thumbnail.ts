import { downloadThumbnail as operation } from "../../../../core/api/media.ts";
import { OperationError } from "../../../../core/errors.ts";
import { renameEnding } from "../../../services/media/file_name.ts";
import {
  findMedia,
  type MediaReadDeps,
  type ReadableFile,
} from "../../../services/media/find_media.ts";
import { blobKey } from "../../../services/media/media_row.ts";
import { MEDIA_LIMITS } from "../../../services/media/media_settings.ts";
import { type Route, route } from "../../route.ts";
import { serveBlob, type Served } from "./serve_blob.ts";

export function thumbnailRoute(deps: MediaReadDeps): Route {
  return route(operation, async ({ caller, params, query, request }) => {
    const address = { server: params.server, mediaId: params.media_id };
    const row = await findMedia(deps, address, caller?.userId);
    return await serveBlob(deps, chooseSize(row, query), request);
  });
}

const LARGEST = MEDIA_LIMITS.thumbnails.at(-1)?.name;

/** The smallest that fills the box; where none does, the largest. A small picture is its own. */
function chooseSize(row: ReadableFile, box: { width: number; height: number }): Served {
  if (!row.inline || !row.type.startsWith("image/")) {
    throw new OperationError("not_found", `${JSON.stringify(row.name)} has no small picture.`);
  }
  const bySize = row.thumbnails.toSorted((a, b) => a.width - b.width);
  // What is asked for fits into the box as well, so one full side is enough.
  const chosen = bySize.find(({ width, height }) => width >= box.width || height >= box.height) ??
    bySize.find(({ name }) => name === LARGEST);
  if (chosen === undefined) {
    const { size, type, name, blake3 } = row;
    return { key: blobKey(row.blob_prefix), size, type, inline: true, name, tag: blake3 };
  }
  return {
    key: blobKey(row.blob_prefix, chosen.name),
    size: chosen.size,
    type: "image/webp",
    inline: true,
    name: renameEnding(row.name, "webp"),
    tag: `${row.blake3}-${chosen.name}`,
  };
}
