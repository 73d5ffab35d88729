import { adminRevokeToken as operation } from "../../../../../core/api/admin.ts";
import { revokeRegistrationToken } from "../../../../services/accounts/registration_tokens.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminRevokeTokenRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ params, caller }) => {
    await revokeRegistrationToken(deps, { actor: caller.userId, token: params.token_id });
    return {};
  });
}
