import { z } from "zod";
import { limits } from "../limits.ts";
import { GroupDm } from "./gateway.ts";
import { Name } from "./guilds.ts";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

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

/** Changes of one conversation that are told at once: the newest. */
export const GROUP_CHANGES_MAX = 200;

export const GroupChange = z.object({
  /** Id of the event that tells it. */
  id: z.string(),
  ts: z.number().int(),
  /**
   * `invited`: has been asked; `added`: was asked and came at once; `owner`: owns it from here on.
   * `renamed` and `pictured` are of the conversation.
   */
  kind: z.enum([
    "invited",
    "added",
    "joined",
    "left",
    "removed",
    "owner",
    "renamed",
    "pictured",
  ]),
  /** Who did it. */
  by: User,
  /** Whom it is about; null where it is about the conversation. */
  user: User.nullable(),
  /** Of `renamed`: the name from here on; null: none any more. */
  name: z.string().nullable(),
});
export type GroupChange = z.infer<typeof GroupChange>;

export const listGroupChanges = defineOperation({
  id: "listGroupChanges",
  scope: "read",
  method: "GET",
  path: "/client/v1/group-dms/:room_id/changes",
  tag: "dms",
  summary:
    `Who came and went in a conversation of several and how its name and picture changed, oldest first: the newest ${GROUP_CHANGES_MAX} of the time in which the caller was in it`,
  auth: "user",
  params: GroupParams,
  result: z.object({ changes: z.array(GroupChange) }),
  errors: ["not_found"],
});
