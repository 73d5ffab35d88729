import { updatePreferences as operation } from "../../../../../core/api/preferences.ts";
import { updatePreferences } from "../../../../services/accounts/preferences.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function updatePreferencesRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) => updatePreferences(deps, caller.userId, body));
}
