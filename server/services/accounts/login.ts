import { localpartOf, parseTypedUserId, serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import { endDisplaced } from "./end_sessions.ts";
import type { AccountDeps } from "./deps.ts";
import { challengeLogin, secondFactorRequired } from "./login_challenge.ts";
import { NOBODY_HASH } from "./own_password.ts";
import { accountLocked, badCredentials } from "./refusals.ts";
import { type Device, type StartedSession, startSession } from "./start_session.ts";
import type { ThrottleClaim } from "./throttle.ts";
import { findWaiting, stillWaiting } from "./waiting_registration.ts";

interface LoginRow {
  user_id: UserId;
  admin: boolean;
  state: "active" | "suspended" | "locked" | "deactivated";
  state_reason: string | null;
  password_hash: string | null;
  guarded: boolean;
}

/**
 * Signs in with a password. Unknown name, wrong password and ended account answer alike and
 * take the same work; that an account is locked, or asks for a code as the second step, is told
 * only to who knows its password; so is that a registration waits, or was refused.
 * @throws OperationError `bad_credentials`, `second_factor_required`, `account_locked`,
 *   `account_waiting`, `registration_closed`, `rate_limited`, `unavailable`
 */
export async function logIn(
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
  >,
  input: {
    readonly userName: string;
    readonly password: string;
    readonly address: string;
    readonly device: Device;
  },
): Promise<StartedSession> {
  const local = localOf(input.userName, deps.serverName);
  const from = addressKey(input.address);
  const guesses: readonly ThrottleClaim[] = [
    { policy: "loginAddress", who: from },
    { policy: "loginAccountAddress", who: `${local ?? "?"} ${from}` },
    { policy: "loginAccount", who: local ?? "?" },
  ];
  await deps.throttle.take("tries to sign in", guesses);
  const [row] = await deps.sql<LoginRow[]>`
    select u.user_id, u.admin, u.state, u.state_reason, c.password_hash,
      f.confirmed_ts is not null as guarded
    from users u left join credentials c using (user_id) left join second_factors f using (user_id)
    where u.local = ${local ?? ""}`;
  const waiting = row === undefined && local !== undefined
    ? await findWaiting(deps.sql, local, deps.clock.now())
    : undefined;
  const hash = row?.password_hash ?? waiting?.password_hash ?? NOBODY_HASH;
  const matches = await deps.passwords.verify(input.password, hash);
  if (waiting !== undefined && matches) throw stillWaiting(waiting);
  if (row === undefined || row.password_hash === null || row.state === "deactivated" || !matches) {
    throw badCredentials();
  }
  await deps.throttle.giveBack(guesses);
  if (row.state === "locked") throw accountLocked(row.state_reason);
  const { user_id: userId, admin } = row;
  const session = { rng: deps.rng, nowMs: deps.clock.now(), lifetimes: deps.lifetimes };
  const started = await deps.sql.begin(async (tx) => {
    // A password changed while this one was checked must not leave a session of the old one.
    const [still] = await tx`
      select 1 from credentials where user_id = ${userId} and password_hash = ${row.password_hash}
      for share`;
    if (still === undefined) throw badCredentials();
    if (row.guarded) return await challengeLogin(tx, session, userId);
    return await startSession(tx, session, { userId, admin, device: input.device });
  });
  if ("challenge" in started) throw secondFactorRequired(started);
  endDisplaced(deps, started);
  return started;
}

/** The local part that was typed, in any of the forms of an id of this server. */
function localOf(typed: string, serverName: string): string | undefined {
  const text = typed.trim().toLowerCase();
  const id = parseTypedUserId(text);
  if (id !== undefined) return serverOf(id) === serverName ? localpartOf(id) : undefined;
  const bare = text.startsWith("@") ? text.slice(1) : text;
  return /^[a-z0-9._-]{1,64}$/.test(bare) ? bare : undefined;
}
