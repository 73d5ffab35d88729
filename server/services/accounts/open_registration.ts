import { createHash } from "node:crypto";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { AdminSettings } from "../../../core/api/admin.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { findLink, hasAdministrator, useLink } from "./one_time_link.ts";
import { findRegistrationToken, useRegistrationToken } from "./registration_tokens.ts";

/** Why somebody may register. */
export interface Opening {
  /** Stored with the account. */
  readonly createdBy: string;
  readonly admin: boolean;
  /** Guild of the invite link, for its throttle. */
  readonly guildId: string | null;
  /** The invite link's code, still to be accepted. */
  readonly invite: string | null;
  /** An administrator has let this person in by giving them a token or link. */
  readonly trusted: boolean;
  /** In the transaction that makes the account: counts the use. @throws OperationError `gone` */
  claim(tx: Tx): Promise<void>;
}

/**
 * Decides whether registration is open to whoever holds `token`. The first administrator's
 * link opens it in every mode; `closed` is closed to everything else.
 * @throws OperationError `registration_closed`, or `gone` for a token that is no more.
 */
export async function openRegistration(
  deps: Pick<AccountDeps, "sql" | "clock" | "invites">,
  settings: AdminSettings,
  token: string | undefined,
): Promise<Opening> {
  const nowMs = deps.clock.now();
  const mode = settings.registration_mode;
  if (token !== undefined) {
    const link = await openByLink(deps, token, nowMs);
    if (link !== undefined) return link;
    if (mode !== "closed") {
      const held = await openByToken(deps, token, nowMs);
      if (held !== undefined) return held;
    }
    if (mode === "open" || (mode === "invite" && settings.invite_links_open_registration)) {
      const invite = await openByInvite(deps, token);
      if (invite !== undefined) return invite;
    }
  }
  if (mode === "open") {
    return {
      createdBy: "open",
      admin: false,
      guildId: null,
      invite: null,
      trusted: false,
      claim: () => Promise.resolve(),
    };
  }
  throw closed(settings, token !== undefined);
}

async function openByLink(
  deps: Pick<AccountDeps, "sql">,
  token: string,
  nowMs: number,
): Promise<Opening | undefined> {
  const link = await findLink(deps.sql, token, nowMs);
  if (link?.kind !== "first_administrator") return undefined;
  if (await hasAdministrator(deps.sql)) return undefined;
  return {
    createdBy: "first_administrator",
    admin: true,
    guildId: null,
    invite: null,
    trusted: true,
    claim: async (tx) => {
      if (!(await useLink(tx, token, nowMs))) throw gone();
    },
  };
}

async function openByToken(
  deps: Pick<AccountDeps, "sql">,
  token: string,
  nowMs: number,
): Promise<Opening | undefined> {
  const held = await findRegistrationToken(deps.sql, token, nowMs);
  if (held === undefined) return undefined;
  return {
    createdBy: `token:${held.tokenId}`,
    admin: false,
    guildId: null,
    invite: null,
    trusted: true,
    claim: async (tx) => {
      if (!(await useRegistrationToken(tx, held.tokenId, nowMs))) throw gone();
    },
  };
}

async function openByInvite(
  deps: Pick<AccountDeps, "invites">,
  token: string,
): Promise<Opening | undefined> {
  const view = await deps.invites.look(token);
  if (view === undefined || !view.authorMayInvite) return undefined;
  const hash = createHash("sha256").update(token).digest("hex").slice(0, 32);
  const createdBy = `invite:${hash}`;
  return {
    createdBy,
    admin: false,
    guildId: view.guild.id,
    invite: token,
    trusted: false,
    claim: async (tx) => {
      if (view.maxUses === null) return;
      // A link for three people makes three accounts, however many of them then join.
      await tx`select pg_advisory_xact_lock(${LOCK_CLASS.inviteUses}, hashtext(${hash}))`;
      const [row] = await tx<{ made: number }[]>`
        select (select count(*) from users where created_by = ${createdBy})::int
          + (select count(*) from registrations where created_by = ${createdBy})::int as made`;
      if ((row?.made ?? 0) >= view.maxUses) throw gone();
    },
  };
}

function closed(settings: AdminSettings, hadToken: boolean): OperationError {
  const mode = settings.registration_mode;
  if (mode === "closed") {
    return new OperationError(
      "registration_closed",
      "Registration is closed: an administrator of this server makes the accounts.",
      { details: { mode } },
    );
  }
  if (hadToken) {
    return new OperationError(
      "gone",
      "This link or code does not open registration: it may have ended or been used up. " +
        "Ask the person who gave it to you for a new one.",
      { details: { field: "token", mode } },
    );
  }
  return new OperationError(
    "registration_closed",
    mode === "token"
      ? "Registration needs a code from an administrator of this server."
      : "Registration is by invitation: open the invite link somebody here gave you.",
    { details: { mode } },
  );
}

function gone(): OperationError {
  return new OperationError(
    "gone",
    "This link or code was used up a moment ago. Ask for a new one.",
    { details: { field: "token" } },
  );
}
