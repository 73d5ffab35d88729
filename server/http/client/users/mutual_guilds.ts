import { listMutualGuilds as operation } from "../../../../core/api/account.ts";
import type { UserId } from "../../../../core/ids/user_id.ts";
import { mutualGuilds } from "../../../services/users/mutual_guilds.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function listMutualGuildsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, params }) => ({
    guild_ids: await mutualGuilds(deps.sql, caller.userId, params.user_id as UserId),
  }));
}
