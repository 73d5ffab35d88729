import { listErasures as operation } from "../../../../../core/api/erasure.ts";
import { listErasures } from "../../../../services/erasure/order_erasure.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function listErasuresRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller }) => ({
    erasures: await listErasures(deps, caller.userId),
  }));
}
