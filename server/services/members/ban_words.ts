import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";

/**
 * Throws `forbidden` with `details.banned` while the user is banned, saying until when
 * (`details.until_ts`, ms), where the ban has an end.
 */
export function requireNoBan(
  authority: Authority,
  { userId, nowMs, who }: {
    readonly userId: UserId;
    readonly nowMs: number;
    /** Whom the sentence is said to, e.g. "You are". */
    readonly who: string;
  },
): void {
  if (authority.membership(userId, nowMs) !== "ban") return;
  const until = authority.member(userId)?.until;
  throw until === undefined
    ? new OperationError("forbidden", `${who} banned from this guild.`, {
      details: { banned: true },
    })
    : new OperationError(
      "forbidden",
      `${who} banned from this guild until ${minuteOf(until)} (UTC).`,
      { details: { banned: true, until_ts: until } },
    );
}

/** `2026-11-29 14:05`, in UTC. */
export function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}
