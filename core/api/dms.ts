import { z } from "zod";
import { Dm } from "./gateway.ts";
import { defineOperation } from "./operation.ts";

export const listDms = defineOperation({
  id: "listDms",
  method: "GET",
  path: "/client/v1/dms",
  tag: "dms",
  summary: "One-to-one conversations, the latest first",
  auth: "user",
  result: z.object({ dms: z.array(Dm) }),
  errors: [],
});

export const openDm = defineOperation({
  id: "openDm",
  method: "POST",
  path: "/client/v1/dms",
  tag: "dms",
  summary: "Open the conversation with somebody; makes the room when there is none",
  auth: "user",
  body: z.object({ user_id: z.string() }),
  result: Dm,
  errors: ["invalid", "not_found", "forbidden", "rate_limited"],
});
