import { adminListKeys as operation } from "../../../../../core/api/admin.ts";
import { listSigningKeys } from "../../../../keys/manage_keys.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminListKeysRoute(deps: AccountHttpDeps): Route {
  return route(operation, async () => ({
    keys: await listSigningKeys(deps, { holder: deps.keyHolder }),
  }));
}
