import { stayHere, VISIT_MS } from "../../../core/api/sync.ts";
import { showsPresence } from "../require_scope.ts";
import { type Route, route } from "../route.ts";
import type { SyncDeps } from "./sync.ts";

/** Pages without a live connection say that somebody looks at them. */
export function stayRoute(deps: Pick<SyncDeps, "presences" | "source">): Route {
  return route(stayHere, async ({ caller }) => {
    if (showsPresence(caller)) {
      deps.presences.visit(caller.userId, await deps.source.chosenPresence(caller), VISIT_MS);
    }
    return { for_ms: VISIT_MS };
  });
}
