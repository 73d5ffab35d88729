import { findPeople as operation } from "../../../../core/api/people.ts";
import { findPeople } from "../../../services/users/find_people.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function findPeopleRoute(deps: AccountHttpDeps): Route {
  return route(operation, ({ caller, query }) => findPeople(deps, caller.userId, query));
}
