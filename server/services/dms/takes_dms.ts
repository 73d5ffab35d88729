import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { readPreferences } from "../accounts/preferences.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { knows } from "../relationships/knows.ts";

/** Whether `userId`, of this server, lets `other` begin a conversation. */
export async function takesDmsFrom(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  const { dms_from } = await readPreferences(deps.sql, userId);
  if (dms_from === "everyone") return true;
  if (dms_from === "nobody") return false;
  return await knows(deps, userId, other);
}

export function notTaken(other: UserId): OperationError {
  return new OperationError(
    "forbidden",
    `${other} takes no conversations from you: their settings say who may write to them.`,
  );
}
