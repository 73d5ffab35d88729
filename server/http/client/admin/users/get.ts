import { adminGetUser as operation } from "../../../../../core/api/admin.ts";
import { getAdminUser, mediaOf } from "../../../../services/accounts/admin_users.ts";
import { getSecondFactor } from "../../../../services/accounts/second_factor.ts";
import { listSessions } from "../../../../services/accounts/sessions.ts";
import { toLocalUser } from "../../admin/users/to_local_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminGetUserRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ params, caller }) => {
    const userId = toLocalUser(params.user_id);
    return {
      user: await getAdminUser(deps.sql, userId),
      sessions: await listSessions(deps, { userId, current: caller.sessionId }),
      media: await mediaOf(deps.sql, userId),
      second_factor: await getSecondFactor(deps.sql, userId),
    };
  });
}
