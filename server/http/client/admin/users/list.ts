import { adminListUsers as operation } from "../../../../../core/api/admin.ts";
import { listUsers } from "../../../../services/accounts/admin_users.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminListUsersRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ query }) => {
    const admin = query.admin === undefined ? undefined : query.admin === "true";
    return listUsers(deps, { ...query, admin });
  });
}
