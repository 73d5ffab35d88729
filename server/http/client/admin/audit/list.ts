import { adminListAudit as operation } from "../../../../../core/api/admin.ts";
import { listAudit } from "../../../../services/accounts/audit.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminListAuditRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ query }) => listAudit(deps, query));
}
