import { setPresence as operation } from "../../../../core/api/account.ts";
import { setPresence } from "../../../services/accounts/update_profile.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function setPresenceRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) => setPresence(deps, caller, body.presence));
}
