import type { SessionTokens } from "../../../core/api/account.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Tx } from "../../postgres/sql.ts";
import { publishAccountEvent } from "./account_event.ts";
import type { AccountDeps } from "./deps.ts";
import { accountLocked } from "./refusals.ts";
import { hashPresented } from "./secret.ts";
import { issueTokens, type SessionDeps } from "./start_session.ts";
import { addressKey } from "../../http/rate_limit.ts";

interface HeldToken {
  session_id: string;
  user_id: string;
  used_ts: number | null;
  next_hash: Uint8Array | null;
  expires_ts: number;
  state: string;
  state_reason: string | null;
}

type Outcome =
  | { readonly kind: "tokens"; readonly tokens: SessionTokens }
  | { readonly kind: "unknown" }
  | { readonly kind: "locked"; readonly reason: string | null }
  | { readonly kind: "reused"; readonly userId: string; readonly sessionId: string };

/**
 * Exchanges a refresh token. Each is good for one exchange; it may be repeated only while
 * nothing it gave was used (an answer lost on the way), and then what it gave before is
 * dead. Any other second use means that two hold the token: the session ends.
 * @throws OperationError `token_expired` (`details.reason` = "reuse" where that ended it),
 *   `account_locked`, `rate_limited`.
 */
export async function refreshSession(
  deps: Pick<
    AccountDeps,
    "sql" | "clock" | "rng" | "bus" | "log" | "sessions" | "throttle" | "lifetimes"
  >,
  input: { readonly refreshToken: string; readonly address: string },
): Promise<SessionTokens> {
  await deps.throttle.take("requests", [
    { policy: "lookupAddress", who: `refresh ${addressKey(input.address)}` },
  ]);
  const hash = hashPresented(input.refreshToken, "refresh");
  if (hash === undefined) throw ended();
  const nowMs = deps.clock.now();
  const outcome = await deps.sql.begin((tx) =>
    exchange(tx, { hash, rng: deps.rng, nowMs, lifetimes: deps.lifetimes })
  );
  switch (outcome.kind) {
    case "tokens":
      return outcome.tokens;
    case "unknown":
      throw ended();
    case "locked":
      throw accountLocked(outcome.reason);
    case "reused": {
      const { userId, sessionId } = outcome;
      deps.sessions.drop(userId, [sessionId]);
      publishAccountEvent(deps.bus, {
        kind: "sessions_revoked",
        user_id: userId,
        session_ids: [sessionId],
        reason: "A refresh token was used twice.",
      });
      deps.log.log("warn", "A refresh token was used twice; its session was ended.", {
        user_id: userId,
        session_id: sessionId,
        address: input.address,
      });
      throw new OperationError(
        "token_expired",
        "This session was ended because its refresh token was used twice. Sign in again; " +
          "if that was not you, change your password.",
        { details: { reason: "reuse" } },
      );
    }
  }
}

async function exchange(
  tx: Tx,
  { hash, ...deps }: SessionDeps & { readonly hash: Uint8Array },
): Promise<Outcome> {
  const { nowMs } = deps;
  // The session row is the lock of its family: two exchanges of one token take turns.
  const [held] = await tx<HeldToken[]>`
    select s.session_id, s.user_id, s.expires_ts, u.state, u.state_reason
    from refresh_tokens r join sessions s using (session_id) join users u using (user_id)
    where r.token_hash = ${hash} for update of s`;
  const [token] = held === undefined ? [] : await tx<Pick<HeldToken, "used_ts" | "next_hash">[]>`
    select used_ts, next_hash from refresh_tokens where token_hash = ${hash}`;
  if (held === undefined || token === undefined || held.state === "deactivated") {
    return { kind: "unknown" };
  }
  if (held.expires_ts <= nowMs) {
    await tx`delete from sessions where session_id = ${held.session_id}`;
    return { kind: "unknown" };
  }
  if (token.used_ts !== null && !(await killUnusedChild(tx, token.next_hash, nowMs))) {
    await tx`delete from sessions where session_id = ${held.session_id}`;
    return { kind: "reused", userId: held.user_id, sessionId: held.session_id };
  }
  if (held.state === "locked") return { kind: "locked", reason: held.state_reason };
  const { tokens, refreshHash } = await issueTokens(tx, deps, held.session_id);
  await tx`
    update refresh_tokens set used_ts = ${nowMs}, next_hash = ${refreshHash}
    where token_hash = ${hash}`;
  await tx`
    update sessions set expires_ts = ${nowMs + deps.lifetimes.sessionMs}, last_used_ts = ${nowMs}
    where session_id = ${held.session_id}`;
  return { kind: "tokens", tokens };
}

/** True where neither the child nor its access token was ever used; both are dead then. */
async function killUnusedChild(
  tx: Tx,
  child: Uint8Array | null,
  nowMs: number,
): Promise<boolean> {
  if (child === null) return false;
  const [used] = await tx`
    select 1 from refresh_tokens where token_hash = ${child} and used_ts is not null
    union all
    select 1 from access_tokens where refresh_hash = ${child} and used`;
  if (used !== undefined) return false;
  // Dead, not deleted: whoever presents it later holds what only a thief can hold.
  await tx`update refresh_tokens set used_ts = ${nowMs}, next_hash = null where token_hash = ${child}`;
  await tx`delete from access_tokens where refresh_hash = ${child}`;
  return true;
}

function ended(): OperationError {
  return new OperationError("token_expired", "This session has ended. Sign in again.");
}
