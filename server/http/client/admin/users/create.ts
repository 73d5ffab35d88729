import { adminCreateUser as operation } from "../../../../../core/api/admin.ts";
import { createUser } from "../../../../services/accounts/create_user.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminCreateUserRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) =>
    createUser(deps, {
      actor: caller.userId,
      userName: body.user_name,
      displayName: body.display_name ?? null,
      admin: body.admin,
    }));
}
