import { updateProfile as operation } from "../../../../core/api/account.ts";
import { updateProfile } from "../../../services/accounts/update_profile.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function updateProfileRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) => updateProfile(deps, caller, body));
}
