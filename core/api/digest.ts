import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { TimeZone } from "./quiet.ts";

const tag = "notifications";

/** A mail now and then about what waits. */
export const DigestChoice = z.object({
  every: z.enum(["day", "week"]),
  weekday: z.number().int().min(1).max(7).describe("Of every week: 1 is Monday, 7 Sunday"),
  hour: z.number().int().min(0).max(23).describe("By the clocks of `zone`"),
  zone: TimeZone,
});
export type DigestChoice = z.infer<typeof DigestChoice>;

export const Digest = z.object({
  choice: DigestChoice.nullable().describe("Null: no mails"),
  next_ts: z.number().int().nullable().describe("When the next is due (ms), if anything is new"),
  address: z.string().nullable().describe("Where they go; null: nowhere, no address is confirmed"),
});
export type Digest = z.infer<typeof Digest>;

export const getDigest = defineOperation({
  id: "getDigest",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/digest",
  tag,
  summary: "Whether the account gets mails about what waits for it",
  auth: "user",
  result: Digest,
  errors: [],
});

export const setDigest = defineOperation({
  id: "setDigest",
  scope: "account:write",
  method: "PUT",
  path: "/client/v1/account/digest",
  tag,
  summary: "Get a mail every day or week about what waits, or none any more",
  auth: "user",
  whileSuspended: true,
  body: z.object({ choice: DigestChoice.nullable() }),
  result: Digest,
  errors: ["invalid", "conflict", "unavailable"],
});

const StopParams = z.object({ token: z.string().max(100) });

export const getDigestStop = defineOperation({
  id: "getDigestStop",
  scope: null,
  method: "GET",
  path: "/client/v1/digest/stop/:token",
  tag,
  summary: "Whose mails the link at the end of one ends",
  auth: "none",
  params: StopParams,
  result: z.object({ user_name: z.string() }),
  errors: ["not_found", "rate_limited"],
});

export const stopDigest = defineOperation({
  id: "stopDigest",
  scope: null,
  method: "POST",
  path: "/client/v1/digest/stop/:token",
  tag,
  summary: "End the mails with the link at the end of one; again it changes nothing",
  auth: "none",
  params: StopParams,
  result: z.object({}),
  errors: [],
});
