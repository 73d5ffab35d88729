import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { TokenScope } from "./scopes.ts";

/** Bounds of personal access tokens. */
export const ACCESS_TOKENS = {
  /** Of one account, expired ones too. */
  perUser: 50,
  nameChars: 60,
  /** The longest life that can be asked for, in days. */
  maxDays: 3660,
} as const;

export const AccessToken = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(TokenScope),
  created_ts: z.number().int(),
  expires_ts: z.number().int().nullable().describe("null: it does not expire"),
  last_used_ts: z.number().int().nullable().describe("Exact to a minute"),
});
export type AccessToken = z.infer<typeof AccessToken>;

const TokenName = z.string().trim().min(1).max(ACCESS_TOKENS.nameChars).regex(
  /^[^\p{Cc}]*$/u,
  "must be one line, without controls",
);

export const listAccessTokens = defineOperation({
  id: "listAccessTokens",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/tokens",
  tag: "account",
  summary: "The account's personal access tokens, the newest first",
  auth: "user",
  result: z.object({ tokens: z.array(AccessToken).max(ACCESS_TOKENS.perUser) }),
  errors: [],
});

export const createAccessToken = defineOperation({
  id: "createAccessToken",
  scope: null,
  method: "POST",
  path: "/client/v1/account/tokens",
  tag: "account",
  summary: "Make a personal access token; it is shown now and never again",
  auth: "user",
  confirm: true,
  body: z.object({
    name: TokenName,
    scopes: z.array(TokenScope).min(1).max(TokenScope.options.length),
    expires_ts: z.number().int().positive().nullable().describe(
      "Milliseconds since the epoch, in the future, at most ten years away; null: never",
    ),
  }),
  result: z.object({
    token: z.string().describe("Sent as Authorization: Bearer"),
    details: AccessToken,
  }),
  errors: ["invalid", "forbidden", "confirmation_required", "limit_reached"],
});

export const revokeAccessToken = defineOperation({
  id: "revokeAccessToken",
  scope: null,
  method: "DELETE",
  path: "/client/v1/account/tokens/:token_id",
  tag: "account",
  summary: "End a personal access token; its live connections close",
  auth: "user",
  whileSuspended: true,
  params: z.object({ token_id: z.string().max(64) }),
  result: z.object({}),
  errors: ["not_found"],
});
