import { adminCreateToken as operation } from "../../../../../core/api/admin.ts";
import { createRegistrationToken } from "../../../../services/accounts/registration_tokens.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminCreateTokenRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, body }) =>
    createRegistrationToken(deps, {
      actor: caller.userId,
      note: body.note ?? null,
      maxUses: body.max_uses,
      expiresInMs: body.expires_in_ms,
    }));
}
