import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import type { Tx } from "../../postgres/sql.ts";
import { queueNews } from "../mail/mail_queue.ts";
import { dropAccessTokens } from "./access_tokens.ts";
import { namesOf, storePassword } from "./change_password.ts";
import type { AccountDeps } from "./deps.ts";
import { endSessions } from "./end_sessions.ts";
import { findLink, useLink } from "./one_time_link.ts";
import { accountLocked } from "./refusals.ts";
import { requireStrongPassword } from "./require_strong_password.ts";
import { takeCode } from "./second_factor.ts";
import { type Device, type StartedSession, startSession } from "./start_session.ts";

interface ResetRow {
  user_id: UserId;
  local: string;
  admin: boolean;
  state: string;
  state_reason: string | null;
  /** An authenticator app's code is asked for, too. */
  guarded: boolean;
}

/** Whose password a link sets; looking does not use it. @throws OperationError `not_found`, `rate_limited` */
export async function lookAtReset(
  deps: Pick<AccountDeps, "sql" | "clock" | "throttle">,
  input: { readonly token: string; readonly address: string },
): Promise<{ user: ResetRow; expiresTs: number }> {
  await deps.throttle.take("links were opened from here", [
    { policy: "lookupAddress", who: addressKey(input.address) },
  ]);
  const link = await findLink(deps.sql, input.token, deps.clock.now());
  if (link?.kind !== "reset") throw noLink();
  const [user] = await deps.sql<ResetRow[]>`
    select user_id, local, admin, state, state_reason, f.confirmed_ts is not null as guarded
    from users left join second_factors f using (user_id) where user_id = ${link.userId}`;
  if (user === undefined || user.state === "deactivated") throw noLink();
  return { user, expiresTs: link.expiresTs };
}

/**
 * Sets a new password with a one-time link, ends every session and begins a new one.
 * A refused password or code does not use the link up: a link that somebody else got hold of opens
 * no account whose owner has an authenticator app.
 * @throws OperationError `not_found`, `weak_password`, `bad_code`, `account_locked`,
 *   `rate_limited`, `unavailable`
 */
export async function resetPassword(
  deps: Pick<
    AccountDeps,
    | "sql"
    | "clock"
    | "rng"
    | "bus"
    | "sessions"
    | "passwords"
    | "throttle"
    | "serverName"
    | "lifetimes"
    | "mail"
  >,
  input: {
    readonly token: string;
    readonly password: string;
    readonly code?: string | undefined;
    readonly address: string;
    readonly device: Device;
  },
): Promise<StartedSession> {
  const { user } = await lookAtReset(deps, input);
  if (user.state === "locked") throw accountLocked(user.state_reason);
  const { user_id: userId, admin } = user;
  const about = await namesOf(deps, userId);
  await requireStrongPassword(deps, input.password, [...about, deps.serverName]);
  const hash = await deps.passwords.hash(input.password);
  const nowMs = deps.clock.now();
  const change = async (tx: Tx) => {
    if (!(await useLink(tx, input.token, nowMs))) throw noLink();
    await queueNews(tx, { kind: "password_changed", userId, nowMs });
    await storePassword(tx, { userId, hash, nowMs });
    const ended = await tx<{ session_id: string }[]>`
      delete from sessions where user_id = ${userId} returning session_id`;
    const tokens = await dropAccessTokens(tx, userId);
    const session = { rng: deps.rng, nowMs, lifetimes: deps.lifetimes };
    const started = await startSession(tx, session, { userId, admin, device: input.device });
    return { started, ended: [...ended.map((row) => row.session_id), ...tokens] };
  };
  const { started, ended } = user.guarded
    ? await takeCode(deps, { userId, code: input.code ?? "" }, change)
    : await deps.sql.begin(change);
  deps.mail?.wake();
  endSessions(deps, {
    userId,
    sessionIds: ended,
    reason: "The password was reset.",
  });
  return started;
}

function noLink(): OperationError {
  return new OperationError(
    "not_found",
    "This link is not valid: it was used, replaced by a newer one, or is over a day old. " +
      "Ask an administrator of the server for a new one.",
  );
}
