import { deleteMedia as operation } from "../../../../core/api/media.ts";
import { deleteUpload } from "../../../services/media/delete_upload.ts";
import type { MediaDeps } from "../../../services/media/media_deps.ts";
import { type Route, route } from "../../route.ts";

export function deleteRoute(deps: MediaDeps): Route {
  return route(operation, async ({ caller, params }) => {
    const address = { server: params.server, mediaId: params.media_id };
    await deleteUpload(deps, address, caller.userId);
    return {};
  });
}
