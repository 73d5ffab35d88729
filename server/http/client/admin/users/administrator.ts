import { adminSetAdministrator as operation } from "../../../../../core/api/admin.ts";
import { setAdministrator } from "../../../../services/accounts/set_account_state.ts";
import { toLocalUser } from "../../admin/users/to_local_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminSetAdministratorRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ params, caller, body }) =>
    setAdministrator(deps, {
      actor: caller.userId,
      userId: toLocalUser(params.user_id),
      reason: body.reason ?? null,
      admin: body.admin,
    }));
}
