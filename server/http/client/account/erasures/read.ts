import { readErasures as operation } from "../../../../../core/api/erasure.ts";
import { readErasureLink } from "../../../../services/erasure/erasure_links.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function readErasuresRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ params }) => readErasureLink(deps, params.token));
}
