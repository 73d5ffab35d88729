import { ratePassword as operation } from "../../../../core/api/account.ts";
import { ratePassword } from "../../../services/accounts/rate_password.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function ratePasswordRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) => ratePassword(deps, caller.userId, body.password));
}
