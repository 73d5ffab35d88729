import type { AdminUser } from "../../../core/api/admin.ts";
import { OperationError } from "../../../core/errors.ts";
import type { MediaUri } from "../../../core/ids/media_uri.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { membershipRow } from "../../federation/membership_jobs.ts";
import { enqueue } from "../../postgres/outbox.ts";
import { endEncryption } from "../e2ee/end_encryption.ts";
import { endRelationships } from "../relationships/relationship_rows.ts";
import { publishAccountEvent } from "./account_event.ts";
import { getAdminUser } from "./admin_users.ts";
import { writeAudit } from "./audit.ts";
import type { AccountDeps } from "./deps.ts";
import { endSessions } from "./end_sessions.ts";
import { forgetEmail } from "./own_email.ts";
import { type AdminAct, lockRow, requireDispensable } from "./set_account_state.ts";

/**
 * Ends an account for ever: it leaves all guilds, its password, profile and sessions are
 * deleted, its name is never given away again. What it wrote stays (`DEACTIVATION_TERMS`).
 * `actor` equal to `userId`: people end their own account.
 * @throws OperationError `not_found`, `conflict` where it owns guilds or is the only administrator
 */
export async function deactivateUser(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus" | "sessions" | "departures" | "avatars">,
  act: AdminAct,
): Promise<AdminUser> {
  const before = await getAdminUser(deps.sql, act.userId);
  if (before.state === "deactivated") return before;
  await requireEndable(deps, act);
  const nowMs = deps.clock.now();
  await deps.departures.leaveAll(act.userId);
  const user = await deps.sql.begin(async (tx) => {
    await requireDeactivable(tx, act);
    await tx`
      update users set state = 'deactivated', state_reason = ${act.reason}, state_ts = ${nowMs},
        admin = false, language = null
      where user_id = ${act.userId}`;
    await endSignIn(tx, act.userId);
    await tx`delete from user_preferences where user_id = ${act.userId}`;
    await tx`delete from notify_settings where user_id = ${act.userId}`;
    await tx`delete from closed_dms where user_id = ${act.userId}`;
    await tx`delete from missed_calls where ${act.userId} in (user_id, by_id)`;
    await tx`delete from own_styles where user_id = ${act.userId}`;
    await tx`delete from voice_marks where user_id = ${act.userId}`;
    await endEncryption(tx, act.userId as UserId);
    const [profile] = await tx<{ avatar: MediaUri | null }[]>`
      select avatar from profiles where user_id = ${act.userId} for update`;
    const former = profile?.avatar ?? null;
    if (former !== null) {
      await deps.avatars.replace(tx, { userId: act.userId, uri: null, former });
    }
    await tx`
      update profiles set display_name = null, avatar = null, bio = null, status = null,
        status_until = null, updated_ts = ${nowMs}
      where user_id = ${act.userId}`;
    const from = act.userId as UserId;
    const friends = (await endRelationships(tx, from)).filter((user) =>
      serverOf(user) !== serverOf(from)
    );
    await enqueue(
      tx,
      friends.map((user) =>
        membershipRow(
          { kind: "relationship", to: serverOf(user), from, user, word: "remove" },
          nowMs,
        )
      ),
    );
    await writeAudit(tx, {
      ts: nowMs,
      actor: act.actor,
      action: "user.deactivate",
      target: act.userId,
      reason: act.reason,
    });
    return await getAdminUser(tx, act.userId);
  });
  endSessions(deps, { userId: act.userId, reason: "The account was ended." });
  publishAccountEvent(deps.bus, { kind: "profile_changed", user_id: act.userId });
  return user;
}

/** Refuses before anything is left or erased. @throws OperationError `conflict` */
export async function requireEndable(
  deps: Pick<AccountDeps, "sql" | "departures">,
  act: AdminAct,
): Promise<void> {
  const guilds = await deps.departures.ownedGuilds(act.userId);
  if (guilds.length > 0) {
    throw new OperationError(
      "conflict",
      `${act.userId} owns ${guilds.map((name) => JSON.stringify(name)).join(", ")}. ` +
        "Hand over or delete these guilds first.",
      { details: { guilds: [...guilds] } },
    );
  }
  await deps.sql.begin((tx) => requireDeactivable(tx, act));
}

type Tx = Parameters<typeof lockRow>[0];

async function requireDeactivable(tx: Tx, act: AdminAct): Promise<void> {
  const held = await lockRow(tx, act.userId);
  // Ending one's own account is meant, unlike locking it.
  await requireDispensable(tx, act.actor === act.userId ? { ...act, actor: null } : act, held);
}

/** All that opens the account: mail address, password, second step, links and sessions. */
async function endSignIn(tx: Tx, userId: string): Promise<void> {
  await forgetEmail(tx, userId);
  // What makes exports deletes the file too.
  await tx`update data_exports set expires_ts = 0 where user_id = ${userId}`;
  await tx`delete from credentials where user_id = ${userId}`;
  await tx`delete from second_factors where user_id = ${userId}`;
  await tx`delete from login_challenges where user_id = ${userId}`;
  for (
    const table of [
      "personal_tokens",
      "passkeys",
      "passkey_users",
      "passkey_challenges",
      "oidc_links",
      "oidc_flows",
    ]
  ) {
    await tx`delete from ${tx(table)} where user_id = ${userId}`;
  }
  await tx`delete from one_time_links where user_id = ${userId}`;
  await tx`delete from sessions where user_id = ${userId}`;
}
