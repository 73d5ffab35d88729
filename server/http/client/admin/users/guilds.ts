import { adminListUserGuilds as operation } from "../../../../../core/api/admin_guilds.ts";
import { listUserGuilds } from "../../../../services/guilds/admin_guilds.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";
import { toLocalUser } from "./to_local_user.ts";

export function adminListUserGuildsRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ params }) => ({
    guilds: await listUserGuilds(deps, toLocalUser(params.user_id)),
  }));
}
