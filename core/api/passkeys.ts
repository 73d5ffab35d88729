import { z } from "zod";
import { SessionGrant, SignInFrom } from "./account.ts";
import { defineOperation } from "./operation.ts";

/** Bounds of passkeys. */
export const PASSKEYS = {
  /** Of one account. */
  perUser: 20,
  nameChars: 60,
  /** A question to an authenticator waits so long for its answer. */
  challengeMs: 5 * 60_000,
} as const;

/** Bytes as WebAuthn writes them in JSON: base64url without padding. */
const bytes = (maxChars: number) => z.string().max(maxChars).regex(/^[A-Za-z0-9_-]*$/);
const credentialId = bytes(1400);
const credential = { id: credentialId, rawId: credentialId, type: z.literal("public-key") };

/** What an authenticator answers when it makes a key: RegistrationResponseJSON of WebAuthn. */
export const NewPasskey = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(4096),
    attestationObject: bytes(16_384),
    transports: z.array(z.string().max(32)).max(8).optional(),
  }),
}).describe("RegistrationResponseJSON of WebAuthn");
export type NewPasskey = z.infer<typeof NewPasskey>;

/** What an authenticator answers when it signs: AuthenticationResponseJSON of WebAuthn. */
export const PasskeyAnswer = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(4096),
    authenticatorData: bytes(4096),
    signature: bytes(2048),
    userHandle: bytes(100).nullish(),
  }),
}).describe("AuthenticationResponseJSON of WebAuthn");
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>;

/** What `navigator.credentials` is to be asked with, bytes as base64url. */
const Question = z.object({
  options: z.record(z.string(), z.unknown()).describe(
    "Of navigator.credentials, in WebAuthn's JSON; good for five minutes and one answer",
  ),
});

export const Passkey = z.object({
  id: z.string(),
  name: z.string(),
  created_ts: z.number().int(),
  last_used_ts: z.number().int().nullable(),
  synced: z.boolean().describe("Kept by a password manager for several devices"),
});
export type Passkey = z.infer<typeof Passkey>;

const PasskeyName = z.string().trim().min(1).max(PASSKEYS.nameChars).regex(
  /^[^\p{Cc}]*$/u,
  "must be one line, without controls",
);
const PasskeyParams = z.object({ passkey_id: z.string().max(64) });
const tag = "account";
const own = { tag, auth: "user", whileSuspended: true } as const;

export const listPasskeys = defineOperation({
  id: "listPasskeys",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/passkeys",
  tag,
  summary: "The account's passkeys, the oldest first",
  auth: "user",
  result: z.object({ passkeys: z.array(Passkey).max(PASSKEYS.perUser) }),
  errors: [],
});

export const beginPasskey = defineOperation({
  ...own,
  id: "beginPasskey",
  scope: null,
  method: "POST",
  path: "/client/v1/account/passkeys/begin",
  summary: "What to ask an authenticator for a new key with",
  confirm: true,
  result: Question,
  errors: ["confirmation_required", "limit_reached", "unavailable"],
});

export const addPasskey = defineOperation({
  ...own,
  id: "addPasskey",
  scope: null,
  method: "POST",
  path: "/client/v1/account/passkeys",
  summary: "Keep the key that an authenticator has made",
  body: z.object({ name: PasskeyName, passkey: NewPasskey }),
  result: Passkey,
  errors: ["bad_passkey", "limit_reached", "unavailable"],
});

export const renamePasskey = defineOperation({
  ...own,
  id: "renamePasskey",
  scope: null,
  method: "PATCH",
  path: "/client/v1/account/passkeys/:passkey_id",
  summary: "Name a passkey anew",
  params: PasskeyParams,
  body: z.object({ name: PasskeyName }),
  result: z.object({}),
  errors: ["not_found"],
});

export const removePasskey = defineOperation({
  ...own,
  id: "removePasskey",
  scope: null,
  method: "DELETE",
  path: "/client/v1/account/passkeys/:passkey_id",
  summary: "Take a passkey off the account; the last way to sign in stays",
  confirm: true,
  params: PasskeyParams,
  result: z.object({}),
  errors: ["confirmation_required", "not_found", "conflict"],
});

export const beginPasskeyConfirm = defineOperation({
  ...own,
  id: "beginPasskeyConfirm",
  scope: null,
  method: "POST",
  path: "/client/v1/account/confirm/passkey",
  summary: "What to ask an authenticator with; its answer goes to confirmIdentity",
  result: Question,
  errors: ["conflict", "unavailable"],
});

export const beginPasskeyLogin = defineOperation({
  id: "beginPasskeyLogin",
  scope: null,
  method: "POST",
  path: "/client/v1/login/passkey/begin",
  tag,
  summary: "What to ask an authenticator with, to sign in or for the second step",
  auth: "none",
  body: z.object({
    challenge: z.string().max(200).optional().describe(
      "Of login's second_factor_required: the answer goes to finishLogin then",
    ),
  }),
  result: Question,
  errors: ["gone", "conflict", "rate_limited", "unavailable"],
});

export const passkeyLogin = defineOperation({
  id: "passkeyLogin",
  scope: null,
  method: "POST",
  path: "/client/v1/login/passkey",
  tag,
  summary: "Sign in with a passkey alone: it counts as both steps",
  auth: "none",
  body: SignInFrom.extend({ passkey: PasskeyAnswer }),
  result: SessionGrant,
  errors: ["bad_passkey", "account_locked", "rate_limited", "unavailable"],
});
