import { z } from "zod";
import { AdminUser } from "./admin.ts";
import { defineOperation } from "./operation.ts";

/** What `account_waiting` says in its details. */
export const WaitingFor = z.enum(["email", "approval"]);
export type WaitingFor = z.infer<typeof WaitingFor>;

/** Somebody who waits to be let in. Times are milliseconds since the epoch. */
export const Registration = z.object({
  id: z.string(),
  user_name: z.string(),
  display_name: z.string().nullable(),
  why: z.string().nullable().describe("What they wrote"),
  address: z.string().nullable().describe("Their confirmed mail address"),
  created_by: z.string().describe("What opened registration: open, invite:…"),
  created_ts: z.number().int(),
  expires_ts: z.number().int().describe("Nobody decided by then: it goes"),
});
export type Registration = z.infer<typeof Registration>;

const Params = z.object({ registration_id: z.string().max(64) });
const tag = "admin";
const auth = "admin" as const;

export const adminListRegistrations = defineOperation({
  id: "adminListRegistrations",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/registrations",
  tag,
  summary: "Who waits for an administrator's decision, the longest first",
  auth,
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  result: z.object({ registrations: z.array(Registration), total: z.number().int() }),
  errors: ["forbidden"],
});

export const adminApproveRegistration = defineOperation({
  id: "adminApproveRegistration",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/registrations/:registration_id/approve",
  tag,
  summary: "Let somebody in: their account is made",
  auth,
  params: Params,
  result: AdminUser,
  errors: ["forbidden", "not_found", "name_taken"],
});

export const adminRefuseRegistration = defineOperation({
  id: "adminRefuseRegistration",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/registrations/:registration_id/refuse",
  tag,
  summary: "Let somebody not in; they are told the reason",
  auth,
  params: Params,
  body: z.object({ reason: z.string().trim().max(500).optional() }),
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});
