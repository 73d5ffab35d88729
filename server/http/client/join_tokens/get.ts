import { getJoinToken as operation } from "../../../../core/api/account.ts";
import { lookAtJoinToken } from "../../../services/accounts/look_at_join_token.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function getJoinTokenRoute(deps: AccountHttpDeps): Route {
  return route(
    operation,
    ({ params, address }) => lookAtJoinToken(deps, { code: params.code, address }),
  );
}
