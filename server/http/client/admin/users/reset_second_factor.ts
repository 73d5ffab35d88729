import { adminResetSecondFactor as operation } from "../../../../../core/api/admin.ts";
import { getSecondFactor, resetSecondFactor } from "../../../../services/accounts/second_factor.ts";
import { toLocalUser } from "../../admin/users/to_local_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminResetSecondFactorRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ params, caller, body }) => {
    const userId = toLocalUser(params.user_id);
    const reason = body.reason ?? null;
    await resetSecondFactor(deps, { actor: caller.userId, userId, reason });
    return await getSecondFactor(deps.sql, userId);
  });
}
