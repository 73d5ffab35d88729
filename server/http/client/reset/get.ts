import { getReset as operation } from "../../../../core/api/account.ts";
import { lookAtReset } from "../../../services/accounts/reset_password.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function getResetRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ params, address }) => {
    const { user, expiresTs } = await lookAtReset(deps, { token: params.token, address });
    return { user_name: user.local, expires_ts: expiresTs, second_factor: user.guarded };
  });
}
