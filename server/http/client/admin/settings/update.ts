import { adminUpdateSettings as operation } from "../../../../../core/api/admin.ts";
import { pinnedKeys, updateSettings } from "../../../../services/accounts/settings.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminUpdateSettingsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, body }) => ({
    settings: await updateSettings(deps, { actor: caller.userId, values: body }),
    pinned: pinnedKeys(deps.pinned),
  }));
}
