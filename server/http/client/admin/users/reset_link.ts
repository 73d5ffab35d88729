import { adminResetLink as operation } from "../../../../../core/api/admin.ts";
import { createResetLink } from "../../../../services/accounts/create_user.ts";
import { toLocalUser } from "../../admin/users/to_local_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminResetLinkRoute(deps: AccountHttpDeps): Route {
  return route(
    operation,
    ({ params, caller }) =>
      createResetLink(deps, { actor: caller.userId, userId: toLocalUser(params.user_id) }),
  );
}
