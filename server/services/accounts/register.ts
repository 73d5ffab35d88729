import type { UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import type { AdminSettings } from "../../../core/api/admin.ts";
import { TypedAddress } from "../../../core/api/email.ts";
import { OperationError } from "../../../core/errors.ts";
import { createUserRow, requireFreeName } from "./create_user_row.ts";
import { tellAdministrators } from "./decide_registration.ts";
import type { AccountDeps } from "./deps.ts";
import { everyFault } from "./every_fault.ts";
import { type Opening, openRegistration } from "./open_registration.ts";
import { cleanProfileText } from "./profile_text.ts";
import { requireStrongPassword } from "./require_strong_password.ts";
import { readSettings } from "./settings.ts";
import { type Device, type StartedSession, startSession } from "./start_session.ts";
import { parseUserName, userIdOfName } from "./user_name.ts";
import { claimEmail, foldAddress, requireMail } from "./own_email.ts";
import { accountWaiting, keepRegistration, type NewRegistration } from "./waiting_registration.ts";

export interface Registration {
  readonly userName: string;
  readonly password: string;
  readonly displayName: string | null;
  readonly token: string | undefined;
  /** A mail address. */
  readonly email?: string | undefined;
  /** What they write to the administrators. */
  readonly why?: string | undefined;
  /** Of the page. */
  readonly language?: string | undefined;
  readonly address: string;
  readonly device: Device;
}

export interface Registered extends StartedSession {
  /** The guild invite code that opened registration, still to be accepted. */
  readonly invite: string | null;
}

/**
 * Makes an account and signs it in; or keeps the registration, where a mail address is to be
 * confirmed or administrators decide. Cheap refusals come before the costly work.
 * @throws OperationError `registration_closed`, `gone`, `bad_user_name`, `name_taken`, `invalid`,
 *   `weak_password`, `rate_limited`, `unavailable`; `account_waiting` where it was kept
 */
export async function registerUser(
  deps: Pick<
    AccountDeps,
    | "sql"
    | "clock"
    | "rng"
    | "log"
    | "passwords"
    | "throttle"
    | "invites"
    | "serverName"
    | "pinned"
    | "lifetimes"
    | "mail"
  >,
  input: Registration,
): Promise<Registered> {
  const signUp = { policy: "signUpAddress", who: addressKey(input.address) } as const;
  const settings = await readSettings(deps);
  const opening = await openRegistration(deps, settings, input.token);
  const [name, displayName, , needed] = await everyFault([
    async () => {
      const name = parseUserName(input.userName);
      await requireFreeName(deps.sql, name, { admin: opening.admin });
      return name;
    },
    () => cleanProfileText("display_name", input.displayName),
    () =>
      requireStrongPassword(deps, input.password, [
        input.userName,
        input.displayName,
        deps.serverName,
      ]),
    () => whatIsNeeded(deps, { opening, settings, email: input.email }),
  ]);
  const guild = opening.guildId === null
    ? []
    : [{ policy: "signUpGuild", who: opening.guildId } as const];
  await deps.throttle.take("accounts were made from here", [signUp, ...guild]);
  const passwordHash = await deps.passwords.hash(input.password);
  const userId = userIdOfName(name, deps.serverName);
  const nowMs = deps.clock.now();
  const { createdBy, admin } = opening;
  if (needed.approval || needed.email) {
    const made = { name, displayName, passwordHash, needsApproval: needed.approval };
    throw await keepForLater(deps, input, { opening, made });
  }
  const started = await deps.sql.begin(async (tx) => {
    await opening.claim(tx);
    await createUserRow(tx, {
      userId,
      name,
      displayName,
      createdBy,
      admin,
      passwordHash,
      nowMs,
    });
    const session = { rng: deps.rng, nowMs, lifetimes: deps.lifetimes };
    return await startSession(tx, session, { userId, admin, device: input.device });
  });
  if (input.email !== undefined) await claimAlong(deps, { ...input, userId, email: input.email });
  deps.log.log("info", "An account was made.", { user_id: userId, created_by: createdBy, admin });
  return { ...started, invite: opening.invite };
}

/** Keeps a registration; answers what is told to who made it. */
async function keepForLater(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "log" | "throttle" | "mail">,
  { email, why, language }: Registration,
  { opening, made }: {
    readonly opening: Opening;
    readonly made: Pick<
      NewRegistration,
      "name" | "displayName" | "passwordHash" | "needsApproval"
    >;
  },
): Promise<OperationError> {
  const { createdBy, invite } = opening;
  if (email !== undefined) {
    // Nobody's mailbox is filled by registering again and again.
    await deps.throttle.take("mails were asked for", [
      { policy: "mailAddress", who: foldAddress(email) },
    ]);
  }
  await deps.sql.begin(async (tx) => {
    await opening.claim(tx);
    await keepRegistration(tx, { rng: deps.rng, nowMs: deps.clock.now() }, {
      ...made,
      createdBy,
      invite,
      why: why || null,
      address: email ?? null,
      language: language ?? "en",
    });
  });
  deps.log.log("info", "A registration waits.", { created_by: createdBy });
  if (email === undefined) await tellAdministrators(deps);
  else deps.mail?.wake();
  return accountWaiting(email === undefined ? "approval" : "email");
}

/** The address given with a registration is to be confirmed; the account stands without it. */
async function claimAlong(
  deps: Parameters<typeof claimEmail>[0],
  of: { readonly userId: UserId; readonly email: string; readonly language?: string | undefined },
): Promise<void> {
  const { userId, email: address, language } = of;
  try {
    await claimEmail(deps, { userId, address, ...(language === undefined ? {} : { language }) });
  } catch (error) {
    // Too many mails went there, or wait: the settings of the account ask for another.
    if (!(error instanceof OperationError)) throw error;
  }
}

function requireAddress(email: string): void {
  const parsed = TypedAddress.safeParse(email);
  if (parsed.success) return;
  throw new OperationError(
    "invalid",
    `The address ${JSON.stringify(email)} is none: it ${parsed.error.issues[0]?.message}.`,
    { details: { field: "address" } },
  );
}

/** What stands between a registration and its account. @throws OperationError `invalid`, `unavailable` */
function whatIsNeeded(
  deps: Pick<AccountDeps, "mail">,
  input: {
    readonly opening: Opening;
    readonly settings: AdminSettings;
    readonly email: string | undefined;
  },
): { approval: boolean; email: boolean } {
  const { opening, settings, email } = input;
  if (email !== undefined) {
    requireMail(deps);
    requireAddress(email);
  }
  if (opening.admin) return { approval: false, email: false };
  if (settings.registration_email && email === undefined) {
    requireMail(deps);
    throw new OperationError(
      "invalid",
      "A mail address is needed for an account on this server: give one that you read.",
      { details: { field: "address" } },
    );
  }
  const approval = settings.registration_approval && !opening.trusted;
  // Whoever is written to shall have said that they want to be.
  return { approval, email: email !== undefined && (approval || settings.registration_email) };
}
