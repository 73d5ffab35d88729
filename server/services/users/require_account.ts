import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Throws `not_found` for a name of this server that nobody has. */
export async function requireAccount(deps: Pick<ChatDeps, "sql">, userId: UserId): Promise<void> {
  const rows = await deps.sql`
    select 1 from users where user_id = ${userId} and state <> 'deactivated'`;
  if (rows.length === 0) {
    throw new OperationError("not_found", `There is no user ${userId} on this server.`);
  }
}
