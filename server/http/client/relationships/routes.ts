import {
  acceptFriend,
  askFriend as askOperation,
  blockUser,
  listRelationships as listOperation,
  removeFriend,
  unblockUser,
} from "../../../../core/api/relationships.ts";
import {
  actOnRelationship,
  askFriend,
  listRelationships,
} from "../../../services/relationships/relationships.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** Friends, requests and blocks. */
export function relationshipRoutes(deps: ChatRouteDeps): Route[] {
  return [
    route(listOperation, async ({ caller }) => ({
      relationships: await listRelationships(deps, caller.userId),
    })),
    route(askOperation, ({ caller, body }) => askFriend(deps, caller.userId, body.user_id)),
    route(
      acceptFriend,
      ({ caller, params }) =>
        actOnRelationship(deps, caller.userId, { rawOther: params.user_id, deed: "accept" }),
    ),
    route(
      removeFriend,
      ({ caller, params }) =>
        actOnRelationship(deps, caller.userId, { rawOther: params.user_id, deed: "remove" }),
    ),
    route(
      blockUser,
      ({ caller, params }) =>
        actOnRelationship(deps, caller.userId, { rawOther: params.user_id, deed: "block" }),
    ),
    route(
      unblockUser,
      ({ caller, params }) =>
        actOnRelationship(deps, caller.userId, { rawOther: params.user_id, deed: "unblock" }),
    ),
  ];
}
