import { z } from "zod";
import { SessionGrant, SignInFrom } from "./account.ts";
import { defineOperation } from "./operation.ts";

/** An outside account that opens the account. */
export const OidcLink = z.object({
  id: z.string(),
  issuer: z.string(),
  label: z.string().describe("The provider's name here, or its issuer where it is not used now"),
  name: z.string().nullable().describe("What the account is called there"),
  created_ts: z.number().int(),
  last_used_ts: z.number().int().nullable(),
});
export type OidcLink = z.infer<typeof OidcLink>;

const ProviderParams = z.object({ provider: z.string().max(64) });
/** Where to go, and the secret that the same browser brings back. */
const Visit = z.object({
  url: z.string().describe("Of the provider: the browser goes there"),
  flow: z.string().describe("Good for ten minutes; to be kept by this browser and nobody else"),
});
const Flow = z.string().max(200);
const tag = "account";

export const beginOidcLogin = defineOperation({
  id: "beginOidcLogin",
  scope: null,
  method: "POST",
  path: "/client/v1/login/oidc/:provider/begin",
  tag,
  summary: "Begin to sign in through an outside provider",
  auth: "none",
  params: ProviderParams,
  result: Visit,
  errors: ["not_found", "rate_limited", "unavailable"],
});

export const beginOidcLink = defineOperation({
  id: "beginOidcLink",
  scope: null,
  method: "POST",
  path: "/client/v1/account/oidc/:provider/begin",
  tag,
  summary: "Begin to link an outside provider's account to this one",
  auth: "user",
  confirm: true,
  params: ProviderParams,
  result: Visit,
  errors: ["confirmation_required", "not_found", "rate_limited", "unavailable"],
});

const Return = z.object({
  flow: Flow,
  query: z.string().max(8192).describe("Of the redirect address, as the provider made it"),
});

export const finishOidc = defineOperation({
  id: "finishOidc",
  scope: null,
  method: "POST",
  path: "/client/v1/login/oidc/finish",
  tag,
  summary: "What the provider's answer leads to: a session, or a new account",
  auth: "none",
  body: SignInFrom.extend(Return.shape),
  result: z.object({
    state: z.enum(["signed_in", "unknown"]).describe(
      "unknown: no account here is theirs; registerOidc makes one with the same flow",
    ),
    grant: SessionGrant.nullable(),
    suggested: z.object({ user_name: z.string(), display_name: z.string() }).nullable(),
  }),
  errors: [
    "bad_provider",
    "gone",
    "second_factor_required",
    "account_locked",
    "rate_limited",
    "unavailable",
  ],
});

export const finishOidcLink = defineOperation({
  id: "finishOidcLink",
  scope: null,
  method: "POST",
  path: "/client/v1/account/oidc/finish",
  tag,
  summary: "Link the login that the provider's answer proves",
  auth: "user",
  body: Return,
  result: z.object({}),
  errors: ["bad_provider", "gone", "conflict", "unavailable"],
});

export const registerOidc = defineOperation({
  id: "registerOidc",
  scope: null,
  method: "POST",
  path: "/client/v1/register/oidc",
  tag,
  summary: "Make an account that the provider's opens, under the rules of registration",
  auth: "none",
  body: SignInFrom.extend({
    flow: Flow,
    user_name: z.string().min(1).max(300),
    display_name: z.string().max(256).optional(),
    token: z.string().max(200).optional().describe("As for register"),
  }),
  result: SessionGrant.extend({ invite: z.string().nullable() }),
  errors: [
    "invalid",
    "bad_user_name",
    "name_taken",
    "registration_closed",
    "gone",
    "conflict",
    "rate_limited",
  ],
});

export const listOidcLinks = defineOperation({
  id: "listOidcLinks",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/oidc",
  tag,
  summary: "Outside accounts that open this one",
  auth: "user",
  result: z.object({ links: z.array(OidcLink) }),
  errors: [],
});

export const removeOidcLink = defineOperation({
  id: "removeOidcLink",
  scope: null,
  method: "DELETE",
  path: "/client/v1/account/oidc/:link_id",
  tag,
  summary: "Unlink an outside account; the last way to sign in stays",
  auth: "user",
  confirm: true,
  whileSuspended: true,
  params: z.object({ link_id: z.string().max(64) }),
  result: z.object({}),
  errors: ["confirmation_required", "not_found", "conflict"],
});
