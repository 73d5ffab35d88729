import { confirmIdentity as operation } from "../../../../core/api/second_factor.ts";
import { confirmIdentity } from "../../../services/accounts/confirm_identity.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function confirmIdentityRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, body }) => {
    const { confirmedUntil } = await confirmIdentity(deps, { caller, proof: body });
    return { confirmed_until: confirmedUntil };
  });
}
