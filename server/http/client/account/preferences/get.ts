import { getPreferences as operation } from "../../../../../core/api/preferences.ts";
import { readPreferences } from "../../../../services/accounts/preferences.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function getPreferencesRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller }) => readPreferences(deps.sql, caller.userId));
}
