import { z } from "zod";
import { limits } from "../limits.ts";
import { GroupDm } from "./gateway.ts";
import { Name } from "./guilds.ts";
import { defineOperation } from "./operation.ts";

const GroupParams = z.object({ room_id: z.string() });
const UserIds = z.array(z.string()).min(1).max(limits.authority.maxGroupPeople);

export const createGroupDm = defineOperation({
  id: "createGroupDm",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/group-dms",
  tag: "dms",
  summary: "Begin a conversation of several: with two others or more",
  auth: "user",
  body: z.object({ user_ids: UserIds, name: Name.optional() }),
  result: GroupDm,
  errors: ["invalid", "not_found", "forbidden", "limit_reached", "rate_limited", "unavailable"],
});

export const updateGroupDm = defineOperation({
  id: "updateGroupDm",
  scope: "write:messages",
  method: "PATCH",
  path: "/client/v1/group-dms/:room_id",
  tag: "dms",
  summary:
    "Name and picture of a conversation of several, which any of its people may change; and by its owner, of an encrypted one, whether who is added may fetch what was said before",
  auth: "user",
  params: GroupParams,
  body: z.object({
    name: Name.nullable().optional(),
    icon: z.string().max(limits.content.maxUriBytes).nullable().optional(),
    history: z.enum(["shared", "joined"]).optional(),
  }),
  result: GroupDm,
  errors: ["invalid", "not_found", "forbidden"],
});

export const addGroupPeople = defineOperation({
  id: "addGroupPeople",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/group-dms/:room_id/people",
  tag: "dms",
  summary: "Add people; who does not know the caller is asked first",
  auth: "user",
  params: GroupParams,
  body: z.object({ user_ids: UserIds }),
  result: GroupDm,
  errors: [
    "invalid",
    "not_found",
    "forbidden",
    "conflict",
    "limit_reached",
    "rate_limited",
    "unavailable",
  ],
});

export const removeGroupPerson = defineOperation({
  id: "removeGroupPerson",
  scope: "write:messages",
  method: "DELETE",
  path: "/client/v1/group-dms/:room_id/people/:user_id",
  tag: "dms",
  summary: "Leave (the caller's own id), or remove somebody as the owner",
  auth: "user",
  params: GroupParams.extend({ user_id: z.string() }),
  result: z.object({}),
  errors: ["not_found", "forbidden", "unavailable"],
});

export const transferGroupDm = defineOperation({
  id: "transferGroupDm",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/group-dms/:room_id/owner",
  tag: "dms",
  summary: "Hand the conversation over to another of its people, at once",
  auth: "user",
  params: GroupParams,
  body: z.object({ user_id: z.string() }),
  result: GroupDm,
  errors: ["invalid", "not_found", "forbidden", "unavailable"],
});
