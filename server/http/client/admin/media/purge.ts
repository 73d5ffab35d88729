import { adminPurgeMedia as operation } from "../../../../../core/api/media.ts";
import type { MediaDeps } from "../../../../services/media/media_deps.ts";
import { purgeMedia } from "../../../../services/media/purge_media.ts";
import { type Route, route } from "../../../route.ts";

export function adminPurgeMediaRoute(deps: MediaDeps): Route {
  return route(operation, ({ body, caller }) => purgeMedia(deps, body, caller.userId));
}
