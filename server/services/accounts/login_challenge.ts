import { OperationError } from "../../../core/errors.ts";
import type { PasskeyAnswer } from "../../../core/api/passkeys.ts";
import type { LoginChallenge } from "../../../core/api/second_factor.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { endDisplaced } from "./end_sessions.ts";
import { takePasskey } from "./passkeys.ts";
import { accountLocked } from "./refusals.ts";
import { hashPresented, newSecret } from "./secret.ts";
import { takeCode } from "./second_factor.ts";
import {
  type Device,
  type SessionDeps,
  type StartedSession,
  startSession,
} from "./start_session.ts";

/** So long may finding the app and typing its code take. */
const CHALLENGE_MS = 10 * 60_000;
/** Second steps that may wait at once for one account; the oldest makes room. */
const CHALLENGES_PER_USER = 10;

/** Remembers that a password was right, in the transaction that saw that it still is. */
export async function challengeLogin(
  tx: Tx,
  deps: Pick<SessionDeps, "rng" | "nowMs">,
  userId: UserId,
): Promise<LoginChallenge> {
  const { nowMs } = deps;
  const secret = newSecret(deps.rng, "challenge");
  const expiresTs = nowMs + CHALLENGE_MS;
  await tx`
    delete from login_challenges where token_hash in (
      select token_hash from login_challenges where user_id = ${userId}
      order by created_ts desc, token_hash offset ${CHALLENGES_PER_USER - 1})`;
  await tx`
    insert into login_challenges (token_hash, user_id, created_ts, expires_ts)
    values (${secret.hash}, ${userId}, ${nowMs}, ${expiresTs})`;
  const [held] = await tx`select 1 from passkeys where user_id = ${userId} limit 1`;
  return { challenge: secret.text, expires_ts: expiresTs, passkey: held !== undefined };
}

export function secondFactorRequired(challenge: LoginChallenge): OperationError {
  return new OperationError(
    "second_factor_required",
    "This account asks for a second step, too: a code of its authenticator app, or a passkey.",
    { details: { ...challenge } },
  );
}

interface ChallengedRow {
  user_id: UserId;
  admin: boolean;
  state: "active" | "suspended" | "locked" | "deactivated";
  state_reason: string | null;
}

/** Whose password was right. @throws OperationError `gone`, `account_locked` */
export async function findChallenged(
  deps: Pick<AccountDeps, "sql" | "clock">,
  challenge: string,
): Promise<ChallengedRow & { readonly hash: Uint8Array }> {
  const hash = hashPresented(challenge, "challenge");
  if (hash === undefined) throw tooLate();
  const [row] = await deps.sql<ChallengedRow[]>`
    select u.user_id, u.admin, u.state, u.state_reason
    from login_challenges c join users u using (user_id)
    where c.token_hash = ${hash} and c.expires_ts > ${deps.clock.now()}`;
  if (row === undefined) throw tooLate();
  if (row.state === "locked") throw accountLocked(row.state_reason);
  return { ...row, hash };
}

/**
 * The second step of signing in, by a code or a passkey. A wrong one leaves the challenge as it
 * is, a right one uses it up; a password that was changed meanwhile has ended it.
 * @throws OperationError `bad_code`, `bad_passkey`, `gone`, `account_locked`, `rate_limited`,
 *   `unavailable`
 */
export async function finishLogin(
  deps: Pick<
    AccountDeps,
    "sql" | "clock" | "rng" | "bus" | "sessions" | "throttle" | "lifetimes" | "publicUrl"
  >,
  input: {
    readonly challenge: string;
    readonly code?: string | undefined;
    /** In place of a code. */
    readonly passkey?: PasskeyAnswer | undefined;
    readonly address: string;
    readonly device: Device;
  },
): Promise<StartedSession> {
  const nowMs = deps.clock.now();
  const from = [{ policy: "loginAddress", who: addressKey(input.address) }] as const;
  await deps.throttle.take("tries to sign in", from);
  const { user_id: userId, admin, hash } = await findChallenged(deps, input.challenge);
  const finish = async (tx: Tx) => {
    const used = await tx`delete from login_challenges where token_hash = ${hash}`;
    if (used.count === 0) throw tooLate();
    const session = { rng: deps.rng, nowMs, lifetimes: deps.lifetimes };
    return await startSession(tx, session, { userId, admin, device: input.device });
  };
  const started = input.passkey === undefined
    ? await takeCode(deps, { userId, code: input.code ?? "" }, finish)
    : await takePasskey(
      deps,
      { answer: input.passkey, purpose: "second_step", userId },
      finish,
    );
  await deps.throttle.giveBack(from);
  endDisplaced(deps, started);
  return started;
}

function tooLate(): OperationError {
  return new OperationError(
    "gone",
    "This sign-in took longer than ten minutes, was used, or the password changed meanwhile. " +
      "Begin again with the password.",
  );
}
