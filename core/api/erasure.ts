import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** An order to take away what somebody wrote, with what each server made of it. */
export const Erasure = z.object({
  seq: z.number().int(),
  before_ts: z.number().int().describe("Everything sent before it"),
  created_ts: z.number().int(),
  servers: z.array(z.object({
    server: z.string(),
    state: z.enum(["pending", "done", "refused"]),
    erased: z.number().int().nullable().describe("Messages and reactions that lost their content"),
    done_ts: z.number().int().nullable(),
    tries: z.number().int(),
    error: z.string().nullable().describe("Why it is not done yet, for people"),
  })),
});
export type Erasure = z.infer<typeof Erasure>;

export const eraseOwnWords = defineOperation({
  id: "eraseOwnWords",
  scope: null,
  method: "POST",
  path: "/client/v1/account/erasures",
  tag: "account",
  summary: "Take away everything the caller has sent until now, here and on other servers",
  auth: "user",
  confirm: true,
  whileSuspended: true,
  body: z.object({}),
  result: Erasure,
  errors: ["confirmation_required", "rate_limited"],
});

export const readErasures = defineOperation({
  id: "readErasures",
  scope: null,
  method: "GET",
  path: "/client/v1/erasures/:token",
  tag: "account",
  summary: "What became of an erasure whose account has ended, by the link that was given then",
  auth: "none",
  params: z.object({ token: z.string().max(100) }),
  result: z.object({
    erasures: z.array(Erasure),
    expires_ts: z.number().int().describe("The link is good until then"),
  }),
  errors: ["not_found"],
});

export const listErasures = defineOperation({
  id: "listErasures",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/erasures",
  tag: "account",
  summary: "The caller's erasures, newest first, with each server's receipt",
  auth: "user",
  whileSuspended: true,
  result: z.object({ erasures: z.array(Erasure) }),
  errors: [],
});
