import { adminGetDoctor, adminRunDoctor } from "../../../../../core/api/admin_server.ts";
import { type Route, route } from "../../../route.ts";
import type { ServerRouteDeps } from "../../server_route_deps.ts";

export function adminGetDoctorRoute(deps: ServerRouteDeps): Route {
  return route(adminGetDoctor, () => deps.doctor.last());
}

export function adminRunDoctorRoute(deps: ServerRouteDeps): Route {
  return route(adminRunDoctor, () => deps.doctor.run());
}
