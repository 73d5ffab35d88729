import type { Route } from "../route.ts";
import { adminGetConfigurationRoute } from "./admin/server/configuration.ts";
import { adminGetDoctorRoute, adminRunDoctorRoute } from "./admin/server/doctor.ts";
import { adminGetFiguresRoute } from "./admin/server/figures.ts";
import { adminGetOverviewRoute } from "./admin/server/overview.ts";
import type { ServerRouteDeps } from "./server_route_deps.ts";

/** How the server is, for those who run it. */
export function serverRoutes(deps: ServerRouteDeps): readonly Route[] {
  return [
    adminGetConfigurationRoute(deps),
    adminGetDoctorRoute(deps),
    adminRunDoctorRoute(deps),
    adminGetFiguresRoute(deps),
    adminGetOverviewRoute(deps),
  ];
}
