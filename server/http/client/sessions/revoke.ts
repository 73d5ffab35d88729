import { revokeSession as operation } from "../../../../core/api/account.ts";
import { revokeSession } from "../../../services/accounts/sessions.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function revokeSessionRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await revokeSession(deps, {
      userId: caller.userId,
      sessionId: params.session_id,
      reason: "Signed out from another device.",
    });
    return {};
  });
}
