import { adminGetConfiguration as operation } from "../../../../../core/api/admin_server.ts";
import { listConfiguration } from "../../../../services/accounts/list_configuration.ts";
import { type Route, route } from "../../../route.ts";
import type { ServerRouteDeps } from "../../server_route_deps.ts";

export function adminGetConfigurationRoute(deps: ServerRouteDeps): Route {
  return route(operation, async () => ({
    file: deps.configFile,
    data_folder: deps.dataFolder,
    entries: await listConfiguration(deps),
  }));
}
