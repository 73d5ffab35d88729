import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import type { OidcPerson } from "../../oidc/oidc_client.ts";
import { createUserRow, requireFreeName } from "./create_user_row.ts";
import type { AccountDeps } from "./deps.ts";
import { endDisplaced } from "./end_sessions.ts";
import { challengeLogin, secondFactorRequired } from "./login_challenge.ts";
import { beginFlow, endFlow, findPerson, finishFlow, keepPerson } from "./oidc_flow.ts";
import { addOidcLink } from "./oidc_links.ts";
import { type Opening, openRegistration } from "./open_registration.ts";
import { cleanProfileText } from "./profile_text.ts";
import { accountLocked } from "./refusals.ts";
import type { Registered } from "./register.ts";
import { readSettings } from "./settings.ts";
import { type Device, type StartedSession, startSession } from "./start_session.ts";
import { parseUserName, userIdOfName } from "./user_name.ts";

/** What somebody who came back from a provider is to this server. */
export type OidcEnd =
  | { readonly state: "signed_in"; readonly started: StartedSession }
  | { readonly state: "unknown"; readonly person: OidcPerson };

/**
 * Begins a visit to a provider: to sign in, or to link the account of who is signed in.
 * @throws OperationError `not_found`, `rate_limited`, `unavailable`
 */
export async function beginOidc(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl" | "oidc" | "throttle">,
  input: {
    readonly provider: string;
    readonly userId: UserId | null;
    readonly address: string;
  },
): Promise<{ url: string; flow: string }> {
  const provider = deps.oidc.find(input.provider);
  await deps.throttle.take("sign-ins were begun from here", [
    { policy: "lookupAddress", who: addressKey(input.address) },
  ]);
  return await beginFlow(deps, { provider, userId: input.userId });
}

type FinishDeps = Pick<
  AccountDeps,
  | "sql"
  | "clock"
  | "rng"
  | "bus"
  | "sessions"
  | "throttle"
  | "lifetimes"
  | "publicUrl"
  | "oidc"
>;

/**
 * Signs in whom a provider has signed in. Nothing that the provider says of mail or names leads to
 * an account: only a link made before.
 * @throws OperationError `gone`, `bad_provider`, `account_locked`, `second_factor_required`,
 *   `rate_limited`, `unavailable`
 */
export async function finishOidc(
  deps: FinishDeps,
  input: {
    readonly flow: string;
    readonly query: string;
    readonly address: string;
    readonly device: Device;
  },
): Promise<OidcEnd> {
  const from = [{ policy: "loginAddress", who: addressKey(input.address) }] as const;
  await deps.throttle.take("tries to sign in", from);
  const { person, provider } = await finishFlow(deps, { ...input, userId: null });
  await deps.throttle.giveBack(from);
  const started = await signInLinked(deps, { person, device: input.device });
  if (started !== undefined) return { state: "signed_in", started };
  await keepPerson(deps, { flow: input.flow, provider, person });
  return { state: "unknown", person };
}

/**
 * Links whom a provider has signed in to the account that asked for it.
 * @throws OperationError `gone`, `bad_provider`, `conflict`, `unavailable`
 */
export async function finishOidcLink(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl" | "oidc">,
  input: { readonly flow: string; readonly query: string; readonly userId: UserId },
): Promise<void> {
  const { userId } = input;
  const { person } = await finishFlow(deps, input);
  await deps.sql.begin((tx) => addOidcLink(tx, deps, { userId, ...person }));
}

interface LinkedRow {
  user_id: UserId;
  admin: boolean;
  state: string;
  state_reason: string | null;
  guarded: boolean;
}

/** Undefined where no account is linked. An account with an app asks for its second step here, too. */
async function signInLinked(
  deps: FinishDeps,
  { person, device }: { readonly person: OidcPerson; readonly device: Device },
): Promise<StartedSession | undefined> {
  const nowMs = deps.clock.now();
  const session = { rng: deps.rng, nowMs, lifetimes: deps.lifetimes };
  const started = await deps.sql.begin(async (tx) => {
    const [row] = await tx<LinkedRow[]>`
      select u.user_id, u.admin, u.state, u.state_reason,
        exists (select 1 from second_factors f
          where f.user_id = u.user_id and f.confirmed_ts is not null) as guarded
      from oidc_links l join users u using (user_id)
      where l.issuer = ${person.issuer} and l.subject = ${person.subject} for share of u`;
    if (row === undefined) return undefined;
    const { user_id: userId, admin } = row;
    if (row.state === "locked") throw accountLocked(row.state_reason);
    await tx`
      update oidc_links set last_used_ts = ${nowMs}
      where issuer = ${person.issuer} and subject = ${person.subject}`;
    if (row.guarded) return await challengeLogin(tx, session, userId);
    return await startSession(tx, session, { userId, admin, device });
  });
  if (started === undefined) return undefined;
  if ("challenge" in started) throw secondFactorRequired(started);
  endDisplaced(deps, started);
  return started;
}

/**
 * Makes an account that the provider's login opens, and that has no password. The rules of
 * registration hold, unless the configuration says that the provider admits people.
 * @throws OperationError `gone`, `registration_closed`, `bad_user_name`, `name_taken`, `invalid`,
 *   `conflict`, `rate_limited`
 */
export async function registerWithOidc(
  deps: Pick<
    AccountDeps,
    | "sql"
    | "clock"
    | "rng"
    | "log"
    | "throttle"
    | "invites"
    | "serverName"
    | "pinned"
    | "lifetimes"
    | "oidc"
  >,
  input: {
    readonly flow: string;
    readonly userName: string;
    readonly displayName: string | null;
    readonly token: string | undefined;
    readonly address: string;
    readonly device: Device;
  },
): Promise<Registered> {
  const nowMs = deps.clock.now();
  const person = await findPerson(deps.sql, { flow: input.flow, nowMs });
  const provider = deps.oidc.providers.find(({ id }) => id === person.provider);
  const opening = provider?.admits === true
    ? admittedBy(provider.id)
    : await openWithoutMore(deps, input.token);
  const name = parseUserName(input.userName);
  const displayName = cleanProfileText("display_name", input.displayName);
  await requireFreeName(deps.sql, name, { admin: opening.admin });
  const guild = opening.guildId === null
    ? []
    : [{ policy: "signUpGuild", who: opening.guildId } as const];
  await deps.throttle.take("accounts were made from here", [
    { policy: "signUpAddress", who: addressKey(input.address) },
    ...guild,
  ]);
  const userId = userIdOfName(name, deps.serverName);
  const { createdBy, admin } = opening;
  const started = await deps.sql.begin(async (tx) => {
    await endFlow(tx, input.flow);
    await opening.claim(tx);
    await createUserRow(tx, {
      userId,
      name,
      displayName,
      createdBy,
      admin,
      passwordHash: null,
      nowMs,
    });
    await addOidcLink(tx, deps, { userId, ...person });
    const session = { rng: deps.rng, nowMs, lifetimes: deps.lifetimes };
    return await startSession(tx, session, { userId, admin, device: input.device });
  });
  deps.log.log("info", "An account was made.", { user_id: userId, created_by: createdBy, admin });
  return { ...started, invite: opening.invite };
}

/**
 * Where administrators decide on each account, or an address of mail is asked for, the form with a
 * password has the fields for it: the account is made there, and linked afterwards.
 */
async function openWithoutMore(
  deps: Parameters<typeof openRegistration>[0] & Parameters<typeof readSettings>[0],
  token: string | undefined,
): Promise<Opening> {
  const settings = await readSettings(deps);
  const opening = await openRegistration(deps, settings, token);
  const asked = settings.registration_email ||
    (settings.registration_approval && !opening.trusted);
  if (opening.admin || !asked) return opening;
  throw new OperationError(
    "registration_closed",
    "This server asks for more before it makes an account. Create one with a password, and link " +
      "this login in its settings.",
    { details: { mode: settings.registration_mode } },
  );
}

function admittedBy(id: string): Opening {
  return {
    createdBy: `oidc:${id}`,
    admin: false,
    trusted: true,
    guildId: null,
    invite: null,
    claim: () => Promise.resolve(),
  };
}
