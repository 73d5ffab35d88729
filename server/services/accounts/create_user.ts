import type { AdminUser } from "../../../core/api/admin.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { getAdminUser } from "./admin_users.ts";
import { writeAudit } from "./audit.ts";
import { createUserRow, requireFreeName } from "./create_user_row.ts";
import type { AccountDeps } from "./deps.ts";
import { makeResetLink, type OneTimeLink } from "./one_time_link.ts";
import { cleanProfileText } from "./profile_text.ts";
import { lockRow } from "./set_account_state.ts";
import { parseUserName, userIdOfName } from "./user_name.ts";

/**
 * Makes an account without a password; its owner sets one through the returned link.
 * @throws OperationError `bad_user_name`, `name_taken`, `invalid`
 */
export async function createUser(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "serverName" | "publicUrl">,
  input: {
    /** User id of the administrator; null from the command line. */
    readonly actor: string | null;
    readonly userName: string;
    readonly displayName: string | null;
    readonly admin: boolean;
  },
): Promise<{ user: AdminUser; reset: OneTimeLink }> {
  const name = parseUserName(input.userName);
  const displayName = cleanProfileText("display_name", input.displayName);
  await requireFreeName(deps.sql, name, { admin: input.admin });
  const userId = userIdOfName(name, deps.serverName);
  const nowMs = deps.clock.now();
  return await deps.sql.begin(async (tx) => {
    await createUserRow(tx, {
      userId,
      name,
      displayName,
      createdBy: "admin",
      admin: input.admin,
      passwordHash: null,
      nowMs,
    });
    await writeAudit(tx, {
      ts: nowMs,
      actor: input.actor,
      action: "user.create",
      target: userId,
      details: { admin: input.admin },
    });
    const reset = await makeResetLink(tx, { ...deps, nowMs }, userId);
    return { user: await getAdminUser(tx, userId), reset };
  });
}

/** A fresh link to set a password; earlier ones end. @throws OperationError `not_found`, `conflict` */
export async function createResetLink(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl">,
  input: { readonly actor: string | null; readonly userId: UserId },
): Promise<OneTimeLink> {
  const nowMs = deps.clock.now();
  return await deps.sql.begin(async (tx) => {
    const held = await lockRow(tx, input.userId);
    if (held.state === "deactivated") {
      throw new OperationError(
        "conflict",
        `The account ${input.userId} was ended for ever; it cannot get a password.`,
      );
    }
    await writeAudit(tx, {
      ts: nowMs,
      actor: input.actor,
      action: "user.reset_link",
      target: input.userId,
    });
    return await makeResetLink(tx, { ...deps, nowMs }, input.userId);
  });
}
