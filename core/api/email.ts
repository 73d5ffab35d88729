import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** RFC 5321 section 4.5.3.1.3 less the angle brackets. */
export const ADDRESS_MAX = 254;

/** An address as people type it: what no mail address has is refused, whether it exists is not known. */
export const TypedAddress = z.string().trim().min(3).max(ADDRESS_MAX).regex(
  /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u,
  "must be a mail address such as alice@example.org",
);

/** For mails to people who let each browser choose: the language of the page they act on. */
export const PageLanguage = z.string().max(35).regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/)
  .optional().describe("Of the mail, unless the account has chosen one; BCP 47");

/** Addresses of the own account. Times are milliseconds since the epoch. */
export const OwnEmail = z.object({
  address: z.string().nullable(),
  verified_ts: z.number().int().nullable(),
  waiting: z.object({
    address: z.string(),
    expires_ts: z.number().int(),
  }).nullable().describe("A mail was sent there, and its link was not opened yet"),
});
export type OwnEmail = z.infer<typeof OwnEmail>;

const tag = "account";
const TokenParams = z.object({ token: z.string().max(200) });

export const getEmail = defineOperation({
  id: "getEmail",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/email",
  tag,
  summary: "The account's mail address, and the one that waits to be confirmed",
  auth: "user",
  whileSuspended: true,
  result: OwnEmail,
  errors: [],
});

export const setEmail = defineOperation({
  id: "setEmail",
  scope: null,
  method: "PUT",
  path: "/client/v1/account/email",
  tag,
  summary: "Send a link to a mail address; the account has it once that was opened",
  auth: "user",
  confirm: true,
  whileSuspended: true,
  body: z.object({ address: TypedAddress, language: PageLanguage }),
  result: OwnEmail,
  errors: ["confirmation_required", "invalid", "rate_limited", "unavailable"],
});

export const removeEmail = defineOperation({
  id: "removeEmail",
  scope: null,
  method: "DELETE",
  path: "/client/v1/account/email",
  tag,
  summary: "Take the mail address off the account, and the one that waits",
  auth: "user",
  confirm: true,
  whileSuspended: true,
  result: OwnEmail,
  errors: ["confirmation_required"],
});

export const dropEmailClaim = defineOperation({
  id: "dropEmailClaim",
  scope: null,
  method: "DELETE",
  path: "/client/v1/account/email/waiting",
  tag,
  summary: "Forget the mail address that waits to be confirmed",
  auth: "user",
  whileSuspended: true,
  result: OwnEmail,
  errors: [],
});

const Claim = z.object({
  address: z.string(),
  user_name: z.string(),
  registers: z.boolean().describe("It is a registration, which goes on or becomes an account"),
});

export const getEmailClaim = defineOperation({
  id: "getEmailClaim",
  scope: null,
  method: "GET",
  path: "/client/v1/email/:token",
  tag,
  summary: "What the link of a mail confirms",
  auth: "none",
  params: TokenParams,
  result: Claim,
  errors: ["not_found", "rate_limited"],
});

export const verifyEmail = defineOperation({
  id: "verifyEmail",
  scope: null,
  method: "POST",
  path: "/client/v1/email/:token",
  tag,
  summary: "Confirm a mail address with the link that was sent there, once",
  auth: "none",
  params: TokenParams,
  result: Claim.extend({
    waits: z.boolean().describe("Administrators have to decide on the registration"),
  }),
  errors: ["not_found", "conflict", "name_taken", "rate_limited"],
});

export const askReset = defineOperation({
  id: "askReset",
  scope: null,
  method: "POST",
  path: "/client/v1/reset",
  tag,
  summary: "Send a link for a new password, where there is such an account with a mail address; " +
    "the answer is the same where there is none",
  auth: "none",
  body: z.object({
    who: z.string().trim().min(1).max(ADDRESS_MAX).describe("User name or mail address"),
    language: PageLanguage,
  }),
  result: z.object({}),
  errors: ["rate_limited", "unavailable"],
});
