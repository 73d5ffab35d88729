import {
  addGroupPeople as addOperation,
  createGroupDm as createOperation,
  listGroupChanges as changesOperation,
  removeGroupPerson as removeOperation,
  transferGroupDm as transferOperation,
  updateGroupDm as updateOperation,
} from "../../../../core/api/group_dms.ts";
import { addGroupPeople } from "../../../services/dms/add_group_people.ts";
import { createGroupDm } from "../../../services/dms/create_group_dm.ts";
import { removeGroupPerson, transferGroupDm } from "../../../services/dms/leave_group_dm.ts";
import { listGroupChanges } from "../../../services/dms/list_group_changes.ts";
import { updateGroupDm } from "../../../services/dms/update_group_dm.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** Conversations of several. */
export function groupDmRoutes(deps: ChatRouteDeps): Route[] {
  return [
    route(
      createOperation,
      ({ caller, body }) =>
        createGroupDm(deps, caller.userId, { userIds: body.user_ids, name: body.name }),
    ),
    route(
      updateOperation,
      ({ caller, params, body }) =>
        updateGroupDm(deps, caller.userId, { roomId: params.room_id, change: body }),
    ),
    route(
      changesOperation,
      async ({ caller, params }) => ({
        changes: await listGroupChanges(deps, caller.userId, params.room_id),
      }),
    ),
    route(
      addOperation,
      ({ caller, params, body }) =>
        addGroupPeople(deps, caller.userId, { roomId: params.room_id, userIds: body.user_ids }),
    ),
    route(removeOperation, async ({ caller, params }) => {
      await removeGroupPerson(deps, caller.userId, {
        roomId: params.room_id,
        userId: params.user_id,
      });
      return {};
    }),
    route(
      transferOperation,
      ({ caller, params, body }) =>
        transferGroupDm(deps, caller.userId, { roomId: params.room_id, userId: body.user_id }),
    ),
  ];
}
