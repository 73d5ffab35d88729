import { adminListTokens as operation } from "../../../../../core/api/admin.ts";
import { listRegistrationTokens } from "../../../../services/accounts/registration_tokens.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminListTokensRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ query }) => ({
    tokens: await listRegistrationTokens(deps, { validOnly: query.valid_only === "true" }),
  }));
}
