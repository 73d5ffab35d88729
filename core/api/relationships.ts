import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** How many of each an account may have; what is beyond is refused, of others' requests silently. */
export const RELATIONSHIPS = {
  friends: 1000,
  asked: 200,
  asks: 200,
  /** Requests of people of one server that wait on this one. */
  asksPerServer: 2000,
  blocked: 1000,
} as const;

/** What is between the caller and somebody else, as the caller sees it. */
export const Relationship = z.object({
  user: User,
  bond: z.enum(["asked", "asks", "friend"]).nullable().describe(
    "asked: by the caller; asks: the other asks the caller; null: nothing, or a block alone",
  ),
  blocked: z.boolean().describe("By the caller; nobody else is told"),
  changed_ts: z.number().int(),
});
export type Relationship = z.infer<typeof Relationship>;

const tag = "relationships";
const auth = "user" as const;
const params = z.object({ user_id: z.string().max(300) });

export const listRelationships = defineOperation({
  id: "listRelationships",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/relationships",
  tag,
  summary: "Friends, requests both ways, and whom the caller has blocked",
  auth,
  result: z.object({ relationships: z.array(Relationship) }),
  errors: [],
});

export const askFriend = defineOperation({
  id: "askFriend",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/relationships",
  tag,
  summary: "Ask somebody of any server to be friends, or accept where they ask already",
  auth,
  body: z.object({ user_id: z.string().max(300) }),
  result: Relationship,
  errors: ["invalid", "conflict", "limit_reached", "not_found", "rate_limited", "unavailable"],
});

export const acceptFriend = defineOperation({
  id: "acceptFriend",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/relationships/:user_id/accept",
  tag,
  summary: "Accept a request",
  auth,
  params,
  result: Relationship,
  errors: ["limit_reached", "not_found"],
});

export const removeFriend = defineOperation({
  id: "removeFriend",
  scope: "account:write",
  method: "DELETE",
  path: "/client/v1/relationships/:user_id",
  tag,
  summary: "End a friendship, withdraw a request, or decline one; declining tells nobody",
  auth,
  params,
  result: Relationship,
  errors: ["not_found"],
});

export const blockUser = defineOperation({
  id: "blockUser",
  scope: "account:write",
  method: "PUT",
  path: "/client/v1/blocks/:user_id",
  tag,
  summary:
    "Block somebody: no requests, invitations, conversations or messages of theirs are shown",
  auth,
  params,
  result: Relationship,
  errors: ["invalid", "limit_reached", "not_found"],
});

export const unblockUser = defineOperation({
  id: "unblockUser",
  scope: "account:write",
  method: "DELETE",
  path: "/client/v1/blocks/:user_id",
  tag,
  summary: "Lift a block",
  auth,
  params,
  result: Relationship,
  errors: ["not_found"],
});
