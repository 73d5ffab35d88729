import { getMediaUsage as operation } from "../../../../core/api/media.ts";
import { getMediaUsage } from "../../../services/media/get_media_usage.ts";
import type { MediaDeps } from "../../../services/media/media_deps.ts";
import { type Route, route } from "../../route.ts";

export function usageRoute(deps: MediaDeps): Route {
  return route(operation, ({ caller }) => getMediaUsage(deps, caller.userId));
}
