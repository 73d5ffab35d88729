import { getAccount as operation } from "../../../../core/api/account.ts";
import { getSelf } from "../../../services/accounts/users.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function getAccountRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller }) => getSelf(deps, caller));
}
