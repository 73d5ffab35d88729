import { adminRevokeSessions as operation } from "../../../../../core/api/admin.ts";
import { signUserOut } from "../../../../services/accounts/sign_user_out.ts";
import { toLocalUser } from "../../admin/users/to_local_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminRevokeSessionsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ params, caller }) => ({
    sessions_ended: await signUserOut(deps, {
      actor: caller.userId,
      userId: toLocalUser(params.user_id),
    }),
  }));
}
