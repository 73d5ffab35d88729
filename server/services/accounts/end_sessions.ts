import type { UserId } from "../../../core/ids/user_id.ts";
import { publishAccountEvent } from "./account_event.ts";
import type { AccountDeps } from "./deps.ts";
import type { StartedSession } from "./start_session.ts";

/**
 * Tells this process and all others that sessions, already deleted, have ended.
 * Without `sessionIds`: all of the user's.
 */
export function endSessions(
  deps: Pick<AccountDeps, "bus" | "sessions">,
  ended: {
    readonly userId: UserId;
    readonly sessionIds?: readonly string[];
    readonly reason: string;
  },
): void {
  if (ended.sessionIds?.length === 0) return;
  deps.sessions.drop(ended.userId, ended.sessionIds);
  publishAccountEvent(deps.bus, {
    kind: "sessions_revoked",
    user_id: ended.userId,
    session_ids: ended.sessionIds === undefined ? null : [...ended.sessionIds],
    reason: ended.reason,
  });
}

/** Tells of the sessions that a new one has put out of their places. */
export function endDisplaced(
  deps: Pick<AccountDeps, "bus" | "sessions">,
  { grant, displaced }: StartedSession,
): void {
  const userId = grant.user_id as UserId;
  endSessions(deps, { userId, sessionIds: displaced, reason: "Too many sessions." });
}
