import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Tx } from "../../postgres/sql.ts";
import { queueNews } from "../mail/mail_queue.ts";
import { dropAccessTokens } from "./access_tokens.ts";
import type { AccountDeps } from "./deps.ts";
import { endSessions } from "./end_sessions.ts";
import { requireOwner } from "./own_password.ts";
import { requireStrongPassword } from "./require_strong_password.ts";

type PasswordDeps = Pick<
  AccountDeps,
  "sql" | "clock" | "bus" | "sessions" | "passwords" | "throttle"
>;

/**
 * Changes the password of who knows it, or sets the first one of an account that has none. Every
 * other session ends, and open reset links and access tokens too.
 * @throws OperationError `bad_credentials`, `confirmation_required`, `weak_password`,
 * `rate_limited`, `unavailable`
 */
export async function changePassword(
  deps: PasswordDeps & Pick<AccountDeps, "serverName" | "mail">,
  input: {
    readonly caller: Pick<Caller, "userId" | "sessionId"> & Partial<Pick<Caller, "confirmedUntil">>;
    readonly current?: string | undefined;
    readonly next: string;
  },
): Promise<{ sessionsEnded: number }> {
  const { userId, sessionId } = input.caller;
  await requireOwner(deps, { ...input.caller, password: input.current });
  const about = await namesOf(deps, userId);
  await requireStrongPassword(deps, input.next, [...about, deps.serverName]);
  const hash = await deps.passwords.hash(input.next);
  const nowMs = deps.clock.now();
  const ended = await deps.sql.begin(async (tx) => {
    await queueNews(tx, { kind: "password_changed", userId, nowMs });
    await storePassword(tx, { userId, hash, nowMs });
    const sessions = await tx<{ session_id: string }[]>`
      delete from sessions where user_id = ${userId} and session_id <> ${sessionId}
      returning session_id`;
    return { sessions, tokens: await dropAccessTokens(tx, userId) };
  });
  deps.mail?.wake();
  const sessionIds = ended.sessions.map((row) => row.session_id);
  endSessions(deps, {
    userId,
    sessionIds: [...sessionIds, ...ended.tokens],
    reason: "The password was changed.",
  });
  return { sessionsEnded: sessionIds.length };
}

/** What a guesser knows of a user. */
export async function namesOf(
  deps: Pick<AccountDeps, "sql">,
  userId: UserId,
): Promise<(string | null)[]> {
  const [row] = await deps.sql<{ local: string; display_name: string | null }[]>`
    select local, display_name from users left join profiles using (user_id)
    where user_id = ${userId}`;
  return row === undefined ? [] : [row.local, row.display_name];
}

/** Stores a password's hash and ends the reset links and sign-ins that are still open. */
export async function storePassword(
  tx: Tx,
  { userId, hash, nowMs }: { userId: UserId; hash: string; nowMs: number },
): Promise<void> {
  await tx`
    insert into credentials (user_id, password_hash, changed_ts)
    values (${userId}, ${hash}, ${nowMs})
    on conflict (user_id) do update
      set password_hash = excluded.password_hash, changed_ts = excluded.changed_ts`;
  await tx`delete from one_time_links where kind = 'reset' and user_id = ${userId}`;
  await tx`delete from login_challenges where user_id = ${userId}`;
}
