import { z } from "zod";
import { Dm, PairDm } from "./gateway.ts";
import { defineOperation } from "./operation.ts";

export const listDms = defineOperation({
  id: "listDms",
  scope: "read",
  method: "GET",
  path: "/client/v1/dms",
  tag: "dms",
  summary: "Conversations of two and of several, the latest first",
  auth: "user",
  result: z.object({ dms: z.array(Dm) }),
  errors: [],
});

export const openDm = defineOperation({
  id: "openDm",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/dms",
  tag: "dms",
  summary: "Open the conversation with somebody; makes the room when there is none",
  auth: "user",
  body: z.object({ user_id: z.string() }),
  result: PairDm,
  errors: ["invalid", "not_found", "forbidden", "rate_limited"],
});

const DmParams = z.object({ room_id: z.string() });

export const closeDm = defineOperation({
  id: "closeDm",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/dms/:room_id/close",
  tag: "dms",
  summary: "Put a conversation out of the own list; the next message brings it back",
  auth: "user",
  params: DmParams,
  result: z.object({}),
  errors: ["not_found"],
});

export const leaveDm = defineOperation({
  id: "leaveDm",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/dms/:room_id/leave",
  tag: "dms",
  summary: "Leave a conversation: nothing more of it arrives until it is opened again",
  auth: "user",
  params: DmParams,
  result: z.object({}),
  errors: ["not_found", "unavailable"],
});
