import { getUser as operation } from "../../../../core/api/account.ts";
import { getProfile } from "../../../services/accounts/users.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function getUserRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ params }) => getProfile(deps, params.user_id));
}
