import { refresh as operation } from "../../../core/api/account.ts";
import { refreshSession } from "../../services/accounts/refresh_session.ts";
import { type Route, route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";

export function refreshRoute(deps: AccountHttpDeps): Route {
  return route(
    operation,
    ({ body, address }) => refreshSession(deps, { refreshToken: body.refresh_token, address }),
  );
}
