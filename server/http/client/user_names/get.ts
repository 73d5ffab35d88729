import { checkUserName as operation } from "../../../../core/api/account.ts";
import { checkUserName } from "../../../services/accounts/check_user_name.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function checkUserNameRoute(deps: AccountHttpDeps): Route {
  return route(
    operation,
    ({ params, address }) => checkUserName(deps, { userName: params.user_name, address }),
  );
}
