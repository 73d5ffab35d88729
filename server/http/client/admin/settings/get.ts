import { adminGetSettings as operation } from "../../../../../core/api/admin.ts";
import { readSettings } from "../../../../services/accounts/settings.ts";
import { pinnedKeys } from "../../../../services/accounts/settings.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminGetSettingsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async () => ({
    settings: await readSettings(deps),
    pinned: pinnedKeys(deps.pinned),
  }));
}
