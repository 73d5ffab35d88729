import type { Session } from "../../../core/api/account.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { dropAccessTokens } from "./access_tokens.ts";
import type { AccountDeps } from "./deps.ts";
import { endSessions } from "./end_sessions.ts";

interface SessionRow extends Omit<Session, "id" | "current"> {
  session_id: string;
}

/** A user's sessions, the last used first. */
export async function listSessions(
  deps: Pick<AccountDeps, "sql" | "clock">,
  who: { readonly userId: UserId; readonly current?: string },
): Promise<Session[]> {
  const rows = await deps.sql<SessionRow[]>`
    select session_id, kind, device_name, address, created_ts, last_used_ts from sessions
    where user_id = ${who.userId} and expires_ts > ${deps.clock.now()}
    order by last_used_ts desc, session_id`;
  return rows.map(({ session_id, ...row }) => ({
    id: session_id,
    ...row,
    current: session_id === who.current,
  }));
}

/** Ends one session of a user. @throws OperationError `not_found` */
export async function revokeSession(
  deps: Pick<AccountDeps, "sql" | "bus" | "sessions">,
  input: { readonly userId: UserId; readonly sessionId: string; readonly reason: string },
): Promise<void> {
  const gone = await deps.sql`
    delete from sessions where session_id = ${input.sessionId} and user_id = ${input.userId}`;
  if (gone.count === 0) {
    throw new OperationError(
      "not_found",
      `There is no session ${JSON.stringify(input.sessionId)}; it may have ended already.`,
    );
  }
  endSessions(deps, {
    userId: input.userId,
    sessionIds: [input.sessionId],
    reason: input.reason,
  });
}

/**
 * Ends a user's sessions: all, all but `except`, or `only` one; says how many there were. Where it
 * is not about one alone, personal access tokens end too: who signs out everywhere wants nobody
 * left inside.
 */
export async function revokeSessions(
  deps: Pick<AccountDeps, "sql" | "bus" | "sessions">,
  input: {
    readonly userId: UserId;
    readonly except?: string;
    readonly only?: string;
    readonly reason: string;
  },
): Promise<number> {
  const { userId, reason } = input;
  const { sessionIds, tokenIds } = await deps.sql.begin(async (tx) => {
    const rows = await tx<{ session_id: string }[]>`
      delete from sessions where user_id = ${userId}
        and session_id is distinct from ${input.except ?? null}
        and session_id = coalesce(${input.only ?? null}, session_id)
      returning session_id`;
    return {
      sessionIds: rows.map((row) => row.session_id),
      tokenIds: input.only === undefined ? await dropAccessTokens(tx, userId) : [],
    };
  });
  endSessions(deps, { userId, sessionIds: [...sessionIds, ...tokenIds], reason });
  return sessionIds.length;
}
