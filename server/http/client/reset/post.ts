import { resetPassword as operation } from "../../../../core/api/account.ts";
import { resetPassword } from "../../../services/accounts/reset_password.ts";
import { deviceOf, sessionReply } from "../session_reply.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function resetPasswordRoute(deps: AccountHttpDeps): Route {
  return route(operation, async (call) => {
    const { params, body, address, secure } = call;
    const started = await resetPassword(deps, {
      token: params.token,
      password: body.new_password,
      code: body.code,
      address,
      device: deviceOf(call, body, [deps.publicUrl]),
    });
    return sessionReply(started.grant, started, { secure, maxAgeMs: deps.lifetimes.sessionMs });
  });
}
