import { confirmIdentity as operation } from "../../../../core/api/account.ts";
import { confirmIdentity } from "../../../services/accounts/change_password.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function confirmIdentityRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, body }) => {
    const { confirmedUntil } = await confirmIdentity(deps, { caller, password: body.password });
    return { confirmed_until: confirmedUntil };
  });
}
