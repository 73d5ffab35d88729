import { register as operation } from "../../../core/api/account.ts";
import { registerUser } from "../../services/accounts/register.ts";
import { type Route, route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";
import { deviceOf, sessionReply } from "./session_reply.ts";

export function registerRoute(deps: AccountHttpDeps): Route {
  return route(operation, async (call) => {
    const { body, address, secure } = call;
    const device = deviceOf(call, body, [deps.publicUrl]);
    const made = await registerUser(deps, {
      userName: body.user_name,
      password: body.password,
      displayName: body.display_name ?? null,
      token: body.token,
      email: body.address,
      why: body.why,
      language: body.language,
      address,
      device,
    });
    const result = { ...made.grant, invite: made.invite };
    return sessionReply(result, made, { secure, maxAgeMs: deps.lifetimes.sessionMs });
  });
}
