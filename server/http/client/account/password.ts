import { changePassword as operation } from "../../../../core/api/account.ts";
import { changePassword } from "../../../services/accounts/change_password.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function changePasswordRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, body }) => {
    const { sessionsEnded } = await changePassword(deps, {
      caller,
      current: body.current_password,
      next: body.new_password,
    });
    return { sessions_ended: sessionsEnded };
  });
}
