import { z } from "zod";
import { SessionGrant, SignInFrom, TypedPassword } from "./account.ts";
import { defineOperation } from "./operation.ts";
import { PasskeyAnswer } from "./passkeys.ts";

/** Recovery codes of one set. */
export const RECOVERY_CODES = 10;

/** Six digits of an authenticator app, or a recovery code; blanks and dashes do not count. */
export const TypedCode = z.string().min(1).max(64).describe(
  "Six digits of the authenticator app, or a recovery code where one is taken",
);

const RecoveryCodes = z.object({
  recovery_codes: z.array(z.string()).describe("Shown now and never again; each is good once"),
});
const password = TypedPassword.describe("The account's own, entered again");

/** Whether the account asks for more than the password, and what else proves its owner. */
export const SecondFactor = z.object({
  password: z.boolean().describe("The account has a password"),
  passkeys: z.number().int().describe("How many there are"),
  totp: z.boolean().describe("Codes of an authenticator app are asked for when signing in"),
  since_ts: z.number().int().nullable().describe("Milliseconds since the epoch"),
  recovery_codes_left: z.number().int(),
});
export type SecondFactor = z.infer<typeof SecondFactor>;

/** What `second_factor_required` of `login` says in its details. */
export const LoginChallenge = z.object({
  challenge: z.string().describe("Good for one sign-in, for ten minutes"),
  expires_ts: z.number().int(),
  passkey: z.boolean().describe("A passkey of the account will do in place of a code"),
});
export type LoginChallenge = z.infer<typeof LoginChallenge>;

export const finishLogin = defineOperation({
  id: "finishLogin",
  scope: null,
  method: "POST",
  path: "/client/v1/login/second-factor",
  tag: "account",
  summary: "Second step of signing in, where login answered second_factor_required",
  auth: "none",
  body: SignInFrom.extend({
    challenge: z.string().max(200).describe("Of the details of that answer"),
    code: TypedCode.optional(),
    passkey: PasskeyAnswer.optional().describe("In place of a code; see beginPasskeyLogin"),
  }).refine(({ code, passkey }) => (code === undefined) !== (passkey === undefined), {
    error: "give either a code or a passkey",
  }),
  result: SessionGrant,
  errors: ["bad_code", "bad_passkey", "gone", "account_locked", "rate_limited", "unavailable"],
});

export const getSecondFactor = defineOperation({
  id: "getSecondFactor",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/second-factor",
  tag: "account",
  summary: "Whether signing in asks for a code, and how many recovery codes are left",
  auth: "user",
  result: SecondFactor,
  errors: [],
});

/** Of an account that has none the caller confirms in another way: see confirmIdentity. */
const ownPassword = password.optional().describe("Absent where the account has none");

export const beginTotp = defineOperation({
  id: "beginTotp",
  scope: null,
  method: "POST",
  path: "/client/v1/account/second-factor/totp",
  tag: "account",
  summary: "Make the secret of an authenticator app; it guards nothing until it is confirmed",
  auth: "user",
  whileSuspended: true,
  body: z.object({ password: ownPassword }),
  result: z.object({
    secret: z.string().describe("Base32, to be typed into the app"),
    uri: z.string().describe("otpauth://, to be shown as a QR code"),
  }),
  errors: [
    "bad_credentials",
    "confirmation_required",
    "conflict",
    "rate_limited",
    "unavailable",
  ],
});

export const confirmTotp = defineOperation({
  id: "confirmTotp",
  scope: null,
  method: "POST",
  path: "/client/v1/account/second-factor/totp/confirm",
  tag: "account",
  summary: "Ask for codes from now on; proves with one that the app has the secret",
  auth: "user",
  whileSuspended: true,
  body: z.object({ code: TypedCode }),
  result: RecoveryCodes,
  errors: ["bad_code", "conflict", "rate_limited"],
});

/** Where the password, or an identity confirmed, and a code are asked for. */
const BOTH_REFUSALS = [
  "bad_credentials",
  "bad_code",
  "confirmation_required",
  "conflict",
  "rate_limited",
  "unavailable",
] as const;

export const renewRecoveryCodes = defineOperation({
  id: "renewRecoveryCodes",
  scope: null,
  method: "POST",
  path: "/client/v1/account/second-factor/recovery-codes",
  tag: "account",
  summary: "A new set of recovery codes; those of the old set end",
  auth: "user",
  whileSuspended: true,
  body: z.object({ password: ownPassword, code: TypedCode }),
  result: RecoveryCodes,
  errors: BOTH_REFUSALS,
});

export const removeTotp = defineOperation({
  id: "removeTotp",
  scope: null,
  method: "POST",
  path: "/client/v1/account/second-factor/totp/remove",
  tag: "account",
  summary: "Ask for the password alone again",
  auth: "user",
  whileSuspended: true,
  body: z.object({ password: ownPassword, code: TypedCode }),
  result: z.object({}),
  errors: BOTH_REFUSALS,
});

export const confirmIdentity = defineOperation({
  id: "confirmIdentity",
  scope: null,
  method: "POST",
  path: "/client/v1/account/confirm",
  tag: "account",
  summary: "Prove once more who you are before a dangerous act: by one of three",
  auth: "user",
  whileSuspended: true,
  body: z.object({
    password: TypedPassword.optional(),
    code: TypedCode.optional(),
    passkey: PasskeyAnswer.optional().describe("See beginPasskeyConfirm"),
  }).refine(
    (body) => Object.values(body).filter((proof) => proof !== undefined).length === 1,
    { error: "give one of password, code and passkey" },
  ),
  result: z.object({ confirmed_until: z.number().int() }),
  errors: ["bad_credentials", "bad_code", "bad_passkey", "rate_limited", "unavailable"],
});
