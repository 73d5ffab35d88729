import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { readPreferences } from "../accounts/preferences.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { whoAreKnown } from "../relationships/knows.ts";

/** Whether `userId`, of this server, lets `other` begin a conversation. */
export async function takesDmsFrom(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  return (await whoMayBegin(deps, userId, [other])).has(other);
}

/** Those of the others whom `userId`, of this server, lets begin a conversation. */
export async function whoMayBegin(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
  others: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  if (others.length === 0) return new Set();
  const { dms_from } = await readPreferences(deps.sql, userId);
  if (dms_from === "everyone") return new Set(others);
  return dms_from === "nobody" ? new Set() : await whoAreKnown(deps, userId, others);
}

export function notTaken(other: UserId): OperationError {
  return new OperationError(
    "forbidden",
    `${other} takes no conversations from you: their settings say who may write to them.`,
  );
}
