import { adminMediaUsage as operation } from "../../../../../core/api/media.ts";
import { reportMediaUsage } from "../../../../services/media/get_media_usage.ts";
import type { MediaDeps } from "../../../../services/media/media_deps.ts";
import { type Route, route } from "../../../route.ts";

export function adminMediaUsageRoute(deps: MediaDeps): Route {
  return route(operation, ({ query }) => reportMediaUsage(deps, query.limit));
}
