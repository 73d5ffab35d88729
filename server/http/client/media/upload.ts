import { uploadMedia as operation } from "../../../../core/api/media.ts";
import type { MediaDeps } from "../../../services/media/media_deps.ts";
import { uploadMedia } from "../../../services/media/upload_media.ts";
import { type Route, route } from "../../route.ts";

export function uploadRoute(deps: MediaDeps): Route {
  return route(operation, ({ caller, query, request, signal }) =>
    uploadMedia(deps, {
      owner: caller.userId,
      fileName: query.filename,
      purpose: query.purpose,
      sealed: query.sealed !== undefined,
      contentLength: request.headers.get("content-length"),
      body: request.body,
      signal,
    }));
}
