import { setLanguage as operation } from "../../../../core/api/account.ts";
import { setLanguage } from "../../../services/accounts/update_profile.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function setLanguageRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) => setLanguage(deps, caller, body.language));
}
