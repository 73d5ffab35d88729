import { setQuiet as operation } from "../../../../core/api/quiet.ts";
import { setQuiet } from "../../../services/accounts/quiet.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function setQuietRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) => setQuiet(deps, caller.userId, body));
}
