import { z } from "zod";
import { AbuseContact } from "./abuse_contact.ts";
import { RegistrationMode, Session } from "./account.ts";
import { defineOperation } from "./operation.ts";
import { SecondFactor } from "./second_factor.ts";

/** Locked: cannot use the account. Suspended: may read, not write. Deactivated: ended for ever. */
export const AccountState = z.enum(["active", "suspended", "locked", "deactivated"]);
export type AccountState = z.infer<typeof AccountState>;

/** `seen`: those seen last first; `media`: those who store most first. */
export const USER_ORDERS = ["newest", "oldest", "name", "seen", "media"] as const;

export const AdminUser = z.object({
  id: z.string(),
  user_name: z.string(),
  display_name: z.string().nullable(),
  avatar: z.string().nullable(),
  admin: z.boolean(),
  state: AccountState,
  state_reason: z.string().nullable(),
  created_ts: z.number().int(),
  created_by: z.string().nullable().describe(
    "How the account came: open, token:…, invite:…, admin",
  ),
  last_seen_ts: z.number().int().nullable(),
  sessions: z.number().int(),
});
export type AdminUser = z.infer<typeof AdminUser>;

/** A code or link that opens registration on this server. */
export const RegistrationToken = z.object({
  id: z.string(),
  code: z.string(),
  url: z.string(),
  note: z.string().nullable(),
  uses: z.number().int(),
  max_uses: z.number().int().nullable(),
  created_by: z.string().nullable().describe("User id; null from the command line"),
  created_ts: z.number().int(),
  expires_ts: z.number().int().nullable(),
  state: z.enum(["valid", "used_up", "expired", "revoked"]),
});
export type RegistrationToken = z.infer<typeof RegistrationToken>;

/** One signing key of this server. PROTOCOL.md 8. */
export const SigningKey = z.object({
  key_id: z.string(),
  public_key: z.string().describe("base64 unpadded"),
  valid_from: z.number().int(),
  valid_until: z.number().int(),
  state: z.enum(["next", "current", "retired", "expired"]),
  has_private_key: z.boolean(),
});
export type SigningKey = z.infer<typeof SigningKey>;

const Line = (max: number) =>
  z.string().trim().min(1).max(max).regex(/^[^\p{Cc}]*$/u, "must be one line, without controls");

/** Settings an administrator may change while the server runs. */
export const AdminSettings = z.object({
  registration_mode: RegistrationMode,
  invite_links_open_registration: z.boolean(),
  registration_approval: z.boolean().describe("Administrators decide on each new account"),
  registration_email: z.boolean().describe("A new account needs a confirmed mail address"),
  abuse_contact: z.string().max(200).nullable(),
  server_title: Line(64).nullable().describe("What the server is called on its pages"),
  server_description: Line(300).nullable().describe("A sentence on its front page"),
  federation_allow: Line(10_000).nullable().describe(
    "Speak with these servers alone: names with commas between, *.example.org for all below",
  ),
  federation_block: Line(10_000).nullable().describe("Never speak with these, likewise"),
  notice: Line(500).nullable().describe("Shown at the top of every page until it is taken away"),
});
export type AdminSettings = z.infer<typeof AdminSettings>;

/** What of them may be written. What was stored earlier is read all the same. */
export const AdminSettingsChange = AdminSettings.extend({ abuse_contact: AbuseContact.nullable() })
  .partial();

const SettingsAnswer = z.object({
  settings: AdminSettings,
  pinned: z.array(z.string()).describe("Set by file, environment or flag: change them there"),
});

export const AdminAuditEntry = z.object({
  id: z.number().int(),
  ts: z.number().int(),
  actor: z.string().nullable().describe("User id; null from the command line"),
  action: z.string(),
  target: z.string().nullable(),
  reason: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AdminAuditEntry = z.infer<typeof AdminAuditEntry>;

const UserParams = z.object({ user_id: z.string().max(255) });
const Reason = z.string().max(500).optional();
const noContent = z.object({});
const OneTimeLink = z.object({ url: z.string(), expires_ts: z.number().int() });
const tag = "admin";
const auth = "admin" as const;

export const adminListUsers = defineOperation({
  id: "adminListUsers",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/users",
  tag,
  summary: "Accounts of this server",
  auth,
  query: z.object({
    query: z.string().max(100).optional().describe("Part of the user or display name"),
    state: AccountState.optional(),
    admin: z.enum(["true", "false"]).optional(),
    order: z.enum(USER_ORDERS).default("newest"),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    before: z.string().max(100).optional().describe("`next` of the page before"),
  }),
  result: z.object({
    users: z.array(AdminUser),
    total: z.number().int().describe("All accounts that match"),
    next: z.string().nullable(),
  }),
  errors: ["forbidden", "invalid"],
});

export const adminGetUser = defineOperation({
  id: "adminGetUser",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/users/:user_id",
  tag,
  summary: "One account with its sessions and what it keeps",
  auth,
  params: UserParams,
  result: z.object({
    user: AdminUser,
    sessions: z.array(Session),
    media: z.object({ files: z.number().int(), bytes: z.number().int() }),
    second_factor: SecondFactor,
  }),
  errors: ["forbidden", "not_found"],
});

export const adminCreateUser = defineOperation({
  id: "adminCreateUser",
  scope: null,
  method: "POST",
  path: "/client/v1/admin/users",
  tag,
  summary: "Make an account; its owner sets the password through the returned link",
  auth,
  confirm: true,
  body: z.object({
    user_name: z.string().min(1).max(300),
    display_name: z.string().max(256).optional(),
    admin: z.boolean().default(false),
  }),
  result: z.object({ user: AdminUser, reset: OneTimeLink }),
  errors: ["forbidden", "confirmation_required", "bad_user_name", "name_taken"],
});

export const adminLockUser = defineOperation({
  id: "adminLockUser",
  scope: null,
  method: "PUT",
  path: "/client/v1/admin/users/:user_id/lock",
  tag,
  summary: "Lock an account (nothing works until it is unlocked) or unlock it",
  auth,
  confirm: true,
  params: UserParams,
  body: z.object({ locked: z.boolean(), reason: Reason }),
  result: AdminUser,
  errors: ["forbidden", "confirmation_required", "not_found", "conflict"],
});

export const adminSuspendUser = defineOperation({
  id: "adminSuspendUser",
  scope: null,
  method: "PUT",
  path: "/client/v1/admin/users/:user_id/suspend",
  tag,
  summary: "Suspend an account (it may read, not write) or lift that",
  auth,
  confirm: true,
  params: UserParams,
  body: z.object({ suspended: z.boolean(), reason: Reason }),
  result: AdminUser,
  errors: ["forbidden", "confirmation_required", "not_found", "conflict"],
});

export const adminSetAdministrator = defineOperation({
  id: "adminSetAdministrator",
  scope: null,
  method: "PUT",
  path: "/client/v1/admin/users/:user_id/administrator",
  tag,
  summary: "Make an account an administrator of this server, or take that away",
  auth,
  confirm: true,
  params: UserParams,
  body: z.object({ admin: z.boolean(), reason: Reason }),
  result: AdminUser,
  errors: ["forbidden", "confirmation_required", "not_found", "conflict"],
});

export const adminDeactivateUser = defineOperation({
  id: "adminDeactivateUser",
  scope: null,
  method: "POST",
  path: "/client/v1/admin/users/:user_id/deactivate",
  tag,
  summary: "End an account for ever",
  auth,
  confirm: true,
  params: UserParams,
  body: z.object({ reason: Reason }),
  result: AdminUser,
  errors: ["forbidden", "confirmation_required", "not_found", "conflict"],
});

export const adminResetLink = defineOperation({
  id: "adminResetLink",
  scope: null,
  method: "POST",
  path: "/client/v1/admin/users/:user_id/reset-link",
  tag,
  summary: "A one-time link with which the owner of the account sets a new password",
  auth,
  confirm: true,
  params: UserParams,
  result: OneTimeLink,
  errors: ["forbidden", "confirmation_required", "not_found", "conflict"],
});

export const adminRevokeSessions = defineOperation({
  id: "adminRevokeSessions",
  scope: null,
  method: "DELETE",
  path: "/client/v1/admin/users/:user_id/sessions",
  tag,
  summary: "Sign a user out everywhere",
  auth,
  confirm: true,
  params: UserParams,
  result: z.object({ sessions_ended: z.number().int() }),
  errors: ["forbidden", "confirmation_required", "not_found"],
});

export const adminResetSecondFactor = defineOperation({
  id: "adminResetSecondFactor",
  scope: null,
  method: "DELETE",
  path: "/client/v1/admin/users/:user_id/second-factor",
  tag,
  summary: "Take authenticator app, recovery codes and passkeys off an account that lost them",
  auth,
  confirm: true,
  params: UserParams,
  body: z.object({ reason: Reason }),
  result: SecondFactor,
  errors: ["forbidden", "confirmation_required", "not_found", "conflict"],
});

export const adminListTokens = defineOperation({
  id: "adminListTokens",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/registration-tokens",
  tag,
  summary: "Registration tokens, newest first",
  auth,
  query: z.object({ valid_only: z.enum(["true", "false"]).default("false") }),
  result: z.object({ tokens: z.array(RegistrationToken) }),
  errors: ["forbidden"],
});

export const adminCreateToken = defineOperation({
  id: "adminCreateToken",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/registration-tokens",
  tag,
  summary: "Make a registration token",
  auth,
  body: z.object({
    note: z.string().max(200).optional(),
    max_uses: z.number().int().min(1).max(1_000_000).nullable().default(1),
    expires_in_ms: z.number().int().min(60_000).max(366 * 86_400_000).nullable()
      .default(7 * 86_400_000),
  }),
  result: RegistrationToken,
  errors: ["forbidden", "limit_reached"],
});

export const adminRevokeToken = defineOperation({
  id: "adminRevokeToken",
  scope: "admin",
  method: "DELETE",
  path: "/client/v1/admin/registration-tokens/:token_id",
  tag,
  summary: "Revoke a registration token",
  auth,
  params: z.object({ token_id: z.string().max(64) }),
  result: noContent,
  errors: ["forbidden", "not_found"],
});

export const adminListKeys = defineOperation({
  id: "adminListKeys",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/keys",
  tag,
  summary: "The server's signing keys, newest first",
  auth,
  result: z.object({ keys: z.array(SigningKey) }),
  errors: ["forbidden"],
});

export const adminRotateKey = defineOperation({
  id: "adminRotateKey",
  scope: null,
  method: "POST",
  path: "/client/v1/admin/keys/rotate",
  tag,
  summary: "Sign with a new key from now on",
  auth,
  confirm: true,
  result: SigningKey,
  errors: ["forbidden", "confirmation_required"],
});

export const adminGetSettings = defineOperation({
  id: "adminGetSettings",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/settings",
  tag,
  summary: "Settings that can be changed while the server runs",
  auth,
  result: SettingsAnswer,
  errors: ["forbidden"],
});

export const adminUpdateSettings = defineOperation({
  id: "adminUpdateSettings",
  scope: null,
  method: "PATCH",
  path: "/client/v1/admin/settings",
  tag,
  summary: "Change settings; absent keeps",
  auth,
  confirm: true,
  body: AdminSettingsChange,
  result: SettingsAnswer,
  errors: ["forbidden", "confirmation_required", "invalid", "conflict"],
});

export const adminListAudit = defineOperation({
  id: "adminListAudit",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/audit",
  tag,
  summary: "What administrators did, newest first",
  auth,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    before: z.coerce.number().int().optional(),
    action: z.string().max(60).optional().describe("Only acts that begin so: user, user.lock"),
    actor: z.string().max(255).optional().describe('User id, or "cli" for the command line'),
    target: z.string().max(255).optional().describe("Only acts on this"),
  }),
  result: z.object({ entries: z.array(AdminAuditEntry), next: z.number().int().nullable() }),
  errors: ["forbidden"],
});
