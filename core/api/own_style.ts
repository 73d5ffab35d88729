import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** Longest sheet of one's own, in characters. */
export const OWN_STYLE_CHARS = 16_384;

const OwnStyle = z.object({
  css: z.string().max(OWN_STYLE_CHARS).describe("CSS; empty where there is none"),
});

export const getOwnStyle = defineOperation({
  id: "getOwnStyle",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/style",
  tag: "account",
  summary: "The sheet of CSS the user lays over the web client",
  auth: "user",
  whileSuspended: true,
  result: OwnStyle,
  errors: [],
});

export const setOwnStyle = defineOperation({
  id: "setOwnStyle",
  scope: "account:write",
  method: "PUT",
  path: "/client/v1/account/style",
  tag: "account",
  summary: "Keep a sheet of CSS of one's own; an empty one takes it away",
  auth: "user",
  whileSuspended: true,
  body: OwnStyle,
  result: OwnStyle,
  errors: ["invalid"],
});
