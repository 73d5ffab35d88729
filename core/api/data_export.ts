import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** A file with everything of an account, or the making of it. Times are ms since the epoch. */
export const DataExport = z.object({
  state: z.enum(["waiting", "ready", "failed"]),
  created_ts: z.number().int(),
  expires_ts: z.number().int().describe("It is deleted then"),
  done: z.number().int(),
  total: z.number().int().describe("Rooms and files; 0 while nobody has counted"),
  bytes: z.number().int().nullable().describe("Its size, once it is ready"),
  left_out: z.number().int().describe("Files that would have made it too large"),
});
export type DataExport = z.infer<typeof DataExport>;

const tag = "account";
const path = "/client/v1/account/export";
const Answer = z.object({ export: DataExport.nullable() });

export const getExport = defineOperation({
  id: "getExport",
  scope: "account:read",
  method: "GET",
  path,
  tag,
  summary: "How far the copy of the caller's own data is",
  auth: "user",
  whileSuspended: true,
  result: Answer,
  errors: [],
});

export const beginExport = defineOperation({
  id: "beginExport",
  scope: null,
  method: "POST",
  path,
  tag,
  summary: "Have a copy of all of one's own data made, in place of a former one",
  auth: "user",
  confirm: true,
  whileSuspended: true,
  body: z.object({}),
  result: Answer,
  errors: ["confirmation_required", "conflict", "rate_limited"],
});

export const deleteExport = defineOperation({
  id: "deleteExport",
  scope: null,
  method: "DELETE",
  path,
  tag,
  summary: "Delete the copy before its week is over, or give up making it",
  auth: "user",
  whileSuspended: true,
  result: Answer,
  errors: [],
});

export const downloadExport = defineOperation({
  id: "downloadExport",
  scope: null,
  method: "GET",
  path: `${path}/file`,
  tag,
  summary: "The copy: a tar file",
  auth: "user",
  whileSuspended: true,
  binaryResult: true,
  result: z.unknown(),
  errors: ["not_found", "range"],
});
