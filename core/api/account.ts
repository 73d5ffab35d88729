import { z } from "zod";
import { ADDRESS_MAX, PageLanguage } from "./email.ts";
import { Self } from "./gateway.ts";
import { defineOperation } from "./operation.ts";
import { Presence, User } from "./user.ts";

/** How people get an account on this server. */
export const RegistrationMode = z.enum(["invite", "open", "token", "closed"]);
export type RegistrationMode = z.infer<typeof RegistrationMode>;

/** What somebody who registers may write to the administrators, in characters. */
export const WHY_MAX = 500;

/**
 * The local part as typed. The service answers with `bad_user_name` and says which
 * rule failed, so that the schema only bounds the length.
 */
const AnyUserName = z.string().max(300).describe(
  "2..32 of a-z, 0-9 and single . _ - between them; upper case is lowered",
);
const TypedUserName = AnyUserName.min(1);
const PASSWORD_CHARS = 1024;
export const TypedPassword = z.string().min(1).max(PASSWORD_CHARS);
const DeviceName = z.string().trim().min(1).max(80).describe("Shown in the list of sessions");
/** `cookie` answers with Set-Cookie and no tokens: for pages. `token` answers with tokens. */
const Transport = z.enum(["token", "cookie"]).default("token");
/** How the session of a sign-in is kept. */
export const SignInFrom = z.object({
  device_name: DeviceName.optional(),
  transport: Transport,
});

/** Times are milliseconds since the epoch. */
export const SessionTokens = z.object({
  access_token: z.string(),
  access_expires_ts: z.number().int(),
  refresh_token: z.string().describe("Good for one refresh; using it twice ends the session"),
  refresh_expires_ts: z.number().int(),
});
export type SessionTokens = z.infer<typeof SessionTokens>;

/** A fresh session. `tokens` is null where the session lives in a cookie. */
export const SessionGrant = z.object({
  user_id: z.string(),
  session_id: z.string(),
  admin: z.boolean(),
  tokens: SessionTokens.nullable(),
});
export type SessionGrant = z.infer<typeof SessionGrant>;

/** One signed-in device. */
export const Session = z.object({
  id: z.string(),
  kind: z.enum(["token", "cookie"]),
  device_name: z.string().describe("As the client named itself, else read from its user agent"),
  address: z.string().nullable().describe("Address of its last use"),
  created_ts: z.number().int(),
  last_used_ts: z.number().int().describe("Exact to a minute"),
  current: z.boolean(),
});
export type Session = z.infer<typeof Session>;

/** What anyone may know about the server before signing in. */
export const ServerFacts = z.object({
  name: z.string(),
  trial: z.boolean().describe("No name was chosen yet: nothing here will federate"),
  version: z.string(),
  public_url: z.string(),
  login_providers: z.array(z.object({ id: z.string(), label: z.string() })).describe(
    "Outside providers that people may sign in through",
  ),
  passkey_origin: z.string().nullable().describe(
    "The one address where passkeys of this server work; null: its public URL can have none",
  ),
  public_url_local: z.boolean().describe("Links work on this machine only"),
  registration: z.object({
    mode: RegistrationMode,
    invite_links: z.boolean().describe("A guild's invite link also opens registration"),
    approval: z.boolean().describe("Administrators decide on who has no registration token"),
    email: z.boolean().describe("A mail address is needed"),
  }),
  mail: z.boolean().describe("Mails can be sent: accounts may have an address, passwords be reset"),
  needs_first_administrator: z.boolean(),
  source_url: z.string(),
  abuse_contact: z.string().nullable(),
  title: z.string().nullable().describe("What the server is called on its pages"),
  description: z.string().nullable(),
  notice: z.string().nullable().describe("What its administrators want everybody to know now"),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

/** What a link or code gives to the one who holds it. */
export const JoinToken = z.object({
  kind: z.enum(["first_administrator", "registration", "invite"]),
  opens_registration: z.boolean(),
  expires_ts: z.number().int().nullable(),
  uses_left: z.number().int().nullable().describe("null: not counted"),
  guild: z.object({
    id: z.string(),
    name: z.string(),
    icon: z.string().nullable(),
    description: z.string().nullable(),
    member_count: z.number().int(),
  }).nullable(),
});
export type JoinToken = z.infer<typeof JoinToken>;

/** A user's page: what everybody signed in may see. */
export const Profile = User.extend({
  created_ts: z.number().int().nullable().describe("null for users of other servers"),
  deactivated: z.boolean(),
});
export type Profile = z.infer<typeof Profile>;

/** Said before and after an account ends: what goes and what stays. */
export const DEACTIVATION_TERMS: {
  readonly goes: readonly string[];
  readonly stays: readonly string[];
} = {
  goes: [
    "Your sessions, password, mail address, settings and encrypted backup are deleted now.",
    "Your display name, avatar, bio and status are deleted here.",
    "You leave every guild and conversation.",
  ],
  stays: [
    "Messages you sent stay where you sent them, with your user name, unless you have them erased.",
    "Other servers may keep copies of what they already received.",
    "Your user name is never given to anyone else. This cannot be undone.",
  ],
};

const noContent = z.object({});
const SessionParams = z.object({ session_id: z.string().max(64) });

export const getServer = defineOperation({
  id: "getServer",
  scope: null,
  method: "GET",
  path: "/client/v1/server",
  tag: "server",
  summary: "Public facts about this server",
  auth: "none",
  result: ServerFacts,
  errors: [],
});

export const register = defineOperation({
  id: "register",
  scope: null,
  method: "POST",
  path: "/client/v1/register",
  tag: "account",
  summary: "Make an account and sign in",
  auth: "none",
  body: z.object({
    // Fields are judged together by the service, so that all that is wrong is said at once.
    user_name: AnyUserName,
    password: z.string().max(PASSWORD_CHARS),
    display_name: z.string().max(256).optional(),
    token: z.string().max(200).optional().describe(
      "Code of an invite link, a registration token or the first administrator's link",
    ),
    address: z.string().trim().max(ADDRESS_MAX).optional().describe(
      "A mail address, where this server sends mails",
    ),
    why: z.string().trim().max(WHY_MAX).optional().describe(
      "To the administrators, where they decide",
    ),
    language: PageLanguage,
    device_name: DeviceName.optional(),
    transport: Transport,
  }),
  result: SessionGrant.extend({
    invite: z.string().nullable().describe(
      "The guild invite code that opened registration, still to be accepted",
    ),
  }),
  errors: [
    "invalid",
    "bad_user_name",
    "weak_password",
    "name_taken",
    "registration_closed",
    "account_waiting",
    "gone",
    "rate_limited",
    "unavailable",
  ],
});

export const login = defineOperation({
  id: "login",
  scope: null,
  method: "POST",
  path: "/client/v1/login",
  tag: "account",
  summary: "Sign in with user name and password; finishLogin goes on where a code is asked for",
  auth: "none",
  body: z.object({
    user_name: TypedUserName.describe("alice, @alice:server or @alice@server"),
    password: TypedPassword,
    device_name: DeviceName.optional(),
    transport: Transport,
  }),
  result: SessionGrant,
  errors: [
    "bad_credentials",
    "second_factor_required",
    "registration_closed",
    "account_waiting",
    "account_locked",
    "rate_limited",
    "unavailable",
  ],
});

export const refresh = defineOperation({
  id: "refresh",
  scope: null,
  method: "POST",
  path: "/client/v1/refresh",
  tag: "account",
  summary: "Exchange a refresh token for new tokens; the old one is used up",
  auth: "none",
  body: z.object({ refresh_token: z.string().max(200) }),
  result: SessionTokens,
  errors: ["token_expired", "account_locked", "rate_limited"],
});

export const logout = defineOperation({
  id: "logout",
  scope: null,
  method: "POST",
  path: "/client/v1/logout",
  tag: "account",
  summary: "End this session",
  auth: "user",
  whileSuspended: true,
  result: noContent,
  errors: [],
});

export const getAccount = defineOperation({
  id: "getAccount",
  scope: "read",
  method: "GET",
  path: "/client/v1/account",
  tag: "account",
  summary: "The signed-in account as it sees itself",
  auth: "user",
  result: Self,
  errors: [],
});

export const updateProfile = defineOperation({
  id: "updateProfile",
  scope: "account:write",
  method: "PATCH",
  path: "/client/v1/account",
  tag: "account",
  summary: "Change display name, avatar, bio or status; null clears, absent keeps",
  auth: "user",
  body: z.object({
    display_name: z.string().max(256).nullable().optional().describe("At most 64 characters"),
    avatar: z.string().max(255).nullable().optional().describe(
      "mxc:// of a picture you uploaded here",
    ),
    bio: z.string().max(4096).nullable().optional().describe("At most 500 characters"),
    status: z.string().max(1024).nullable().optional().describe("At most 128 characters"),
    clear_status_after_ms: z.number().int().min(60_000).max(30 * 86_400_000).nullable().optional()
      .describe("The status goes by itself after this time; null: never"),
  }),
  result: Self,
  errors: ["invalid", "account_suspended"],
});

export const setLanguage = defineOperation({
  id: "setLanguage",
  scope: "account:write",
  method: "PUT",
  path: "/client/v1/account/language",
  tag: "account",
  summary: "Choose the language of the pages on all your devices; null: as each browser wishes",
  auth: "user",
  whileSuspended: true,
  body: z.object({
    language: z.string().max(35).regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/).nullable().describe(
      "BCP 47 tag, such as de or pt-BR",
    ),
  }),
  result: Self,
  errors: ["invalid"],
});

export const setPresence = defineOperation({
  id: "setPresence",
  scope: "account:write",
  method: "PUT",
  path: "/client/v1/account/presence",
  tag: "account",
  summary: "Choose how you appear: online, idle, dnd or invisible",
  auth: "user",
  body: z.object({ presence: Presence.exclude(["offline"]) }),
  result: Self,
  errors: [],
});

export const changePassword = defineOperation({
  id: "changePassword",
  scope: null,
  method: "POST",
  path: "/client/v1/account/password",
  tag: "account",
  summary: "Change the password; every other session ends",
  auth: "user",
  whileSuspended: true,
  body: z.object({
    current_password: TypedPassword.optional().describe(
      "Absent where the account has none: then the caller confirms first (confirmIdentity)",
    ),
    new_password: TypedPassword,
  }),
  result: z.object({ sessions_ended: z.number().int() }),
  errors: [
    "bad_credentials",
    "confirmation_required",
    "weak_password",
    "rate_limited",
    "unavailable",
  ],
});

export const ratePassword = defineOperation({
  id: "ratePassword",
  scope: null,
  method: "POST",
  path: "/client/v1/account/password/rating",
  tag: "account",
  summary: "How hard a password would be to guess, as the server will judge it; it is kept nowhere",
  auth: "user",
  whileSuspended: true,
  body: z.object({ password: TypedPassword }),
  result: z.object({
    score: z.number().int().min(0).max(4).describe("As zxcvbn counts"),
    accepted: z.boolean(),
    reason: z.string().nullable().describe("Why it is not accepted"),
  }),
  errors: ["rate_limited", "unavailable"],
});

export const deactivateAccount = defineOperation({
  id: "deactivateAccount",
  scope: null,
  method: "POST",
  path: "/client/v1/account/deactivate",
  tag: "account",
  summary: "End this account for ever",
  auth: "user",
  confirm: true,
  whileSuspended: true,
  body: z.object({
    user_name: TypedUserName.describe("Your own user name, typed to be sure"),
    erase: z.boolean().default(false).describe("Take away everything you have sent, too"),
  }),
  result: z.object({
    stays: z.array(z.string()),
    receipts_url: z.string().nullable().describe(
      "Where what becomes of the erasure can be seen for a year; null where none was asked for",
    ),
  }),
  errors: ["confirmation_required", "invalid", "conflict"],
});

export const listSessions = defineOperation({
  id: "listSessions",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/sessions",
  tag: "sessions",
  summary: "Signed-in devices, the last used first",
  auth: "user",
  result: z.object({ sessions: z.array(Session) }),
  errors: [],
});

export const revokeSession = defineOperation({
  id: "revokeSession",
  scope: null,
  method: "DELETE",
  path: "/client/v1/sessions/:session_id",
  tag: "sessions",
  summary: "Sign one device out, at once",
  auth: "user",
  whileSuspended: true,
  params: SessionParams,
  result: noContent,
  errors: ["not_found"],
});

export const revokeOtherSessions = defineOperation({
  id: "revokeOtherSessions",
  scope: null,
  method: "DELETE",
  path: "/client/v1/sessions",
  tag: "sessions",
  summary: "Sign every other device out, at once",
  auth: "user",
  whileSuspended: true,
  result: z.object({ sessions_ended: z.number().int() }),
  errors: [],
});

export const getUser = defineOperation({
  id: "getUser",
  scope: "read",
  method: "GET",
  path: "/client/v1/users/:user_id",
  tag: "users",
  summary: "A user's profile",
  auth: "user",
  params: z.object({ user_id: z.string().max(255) }),
  result: Profile,
  errors: ["not_found", "unavailable"],
});

/** Most guilds that a profile names as shared. */
export const MUTUAL_GUILDS_MAX = 100;

export const listMutualGuilds = defineOperation({
  id: "listMutualGuilds",
  scope: "read",
  method: "GET",
  path: "/client/v1/users/:user_id/mutual-guilds",
  tag: "users",
  summary: "The guilds that you and somebody else are both in, the oldest first",
  auth: "user",
  params: z.object({ user_id: z.string().max(255) }),
  result: z.object({ guild_ids: z.array(z.string()).max(MUTUAL_GUILDS_MAX) }),
  errors: [],
});

export const checkUserName = defineOperation({
  id: "checkUserName",
  scope: null,
  method: "GET",
  path: "/client/v1/user-names/:user_name",
  tag: "account",
  summary: "Whether a user name can be taken, and if not, why",
  auth: "none",
  params: z.object({ user_name: TypedUserName }),
  result: z.object({
    user_name: z.string().describe("As it would be stored"),
    available: z.boolean(),
    reason: z.enum(["grammar", "reserved", "taken", "confusable"]).nullable(),
    message: z.string().nullable(),
  }),
  errors: ["rate_limited"],
});

export const getJoinToken = defineOperation({
  id: "getJoinToken",
  scope: null,
  method: "GET",
  path: "/client/v1/join-tokens/:code",
  tag: "account",
  summary: "What an invite link, registration token or first administrator's link gives",
  auth: "none",
  params: z.object({ code: z.string().max(200) }),
  result: JoinToken,
  errors: ["not_found", "rate_limited"],
});

export const getReset = defineOperation({
  id: "getReset",
  scope: null,
  method: "GET",
  path: "/client/v1/reset/:token",
  tag: "account",
  summary: "Whose password a reset link sets",
  auth: "none",
  params: z.object({ token: z.string().max(200) }),
  result: z.object({
    user_name: z.string(),
    expires_ts: z.number().int(),
    second_factor: z.boolean().describe("The account's code is asked for, too"),
  }),
  errors: ["not_found", "rate_limited"],
});

export const resetPassword = defineOperation({
  id: "resetPassword",
  scope: null,
  method: "POST",
  path: "/client/v1/reset/:token",
  tag: "account",
  summary: "Set a new password with a one-time link; every session ends and a new one begins",
  auth: "none",
  params: z.object({ token: z.string().max(200) }),
  body: z.object({
    new_password: TypedPassword,
    code: z.string().max(64).optional().describe(
      "Where the account has an authenticator app: its code or a recovery code",
    ),
    device_name: DeviceName.optional(),
    transport: Transport,
  }),
  result: SessionGrant,
  errors: [
    "not_found",
    "weak_password",
    "bad_code",
    "account_locked",
    "rate_limited",
    "unavailable",
  ],
});
