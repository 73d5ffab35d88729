import type { UserId } from "../../../core/ids/user_id.ts";
import { getAdminUser } from "./admin_users.ts";
import { writeAudit } from "./audit.ts";
import type { AccountDeps } from "./deps.ts";
import { revokeSessions } from "./sessions.ts";

/** An administrator ends all sessions of a user; says how many. @throws OperationError `not_found` */
export async function signUserOut(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus" | "sessions">,
  input: { readonly actor: string | null; readonly userId: UserId },
): Promise<number> {
  await getAdminUser(deps.sql, input.userId);
  await writeAudit(deps.sql, {
    ts: deps.clock.now(),
    actor: input.actor,
    action: "user.sign_out",
    target: input.userId,
  });
  return await revokeSessions(deps, {
    userId: input.userId,
    reason: "An administrator signed you out.",
  });
}
