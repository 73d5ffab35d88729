import { adminDeactivateUser as operation } from "../../../../../core/api/admin.ts";
import { deactivateUser } from "../../../../services/accounts/deactivate_user.ts";
import { toLocalUser } from "../../admin/users/to_local_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminDeactivateUserRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ params, caller, body }) =>
    deactivateUser(deps, {
      actor: caller.userId,
      userId: toLocalUser(params.user_id),
      reason: body.reason ?? null,
    }));
}
