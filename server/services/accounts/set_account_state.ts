import type { AdminUser } from "../../../core/api/admin.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import { publishAccountEvent } from "./account_event.ts";
import { getAdminUser } from "./admin_users.ts";
import { writeAudit } from "./audit.ts";
import { dropAccessTokens } from "./access_tokens.ts";
import type { AccountDeps } from "./deps.ts";
import { endSessions } from "./end_sessions.ts";

export interface AdminAct {
  /** User id of the administrator; null from the command line. */
  readonly actor: string | null;
  readonly userId: UserId;
  readonly reason: string | null;
}

type StateDeps = Pick<AccountDeps, "sql" | "clock" | "bus" | "sessions">;

/**
 * Locks an account or unlocks it. Locked, every request is answered `account_locked`; its
 * sessions stay and work again when it is unlocked. Its personal access tokens end.
 * @throws OperationError `not_found`, `conflict`
 */
export function lockUser(deps: StateDeps, act: AdminAct & { locked: boolean }): Promise<AdminUser> {
  return act.locked
    ? changeState(deps, act, { from: ["active", "suspended"], to: "locked" })
    : changeState(deps, act, { from: ["locked"], to: "active" });
}

/**
 * Suspends an account or lifts that. Suspended, it may sign in and read, and write nothing; its
 * personal access tokens end.
 * @throws OperationError `not_found`, `conflict`
 */
export function suspendUser(
  deps: StateDeps,
  act: AdminAct & { suspended: boolean },
): Promise<AdminUser> {
  return act.suspended
    ? changeState(deps, act, { from: ["active"], to: "suspended" })
    : changeState(deps, act, { from: ["suspended"], to: "active" });
}

async function changeState(
  deps: StateDeps,
  act: AdminAct,
  change: {
    readonly from: readonly AdminUser["state"][];
    readonly to: "active" | "suspended" | "locked";
  },
): Promise<AdminUser> {
  const nowMs = deps.clock.now();
  let tokens: readonly string[] = [];
  const user = await deps.sql.begin(async (tx) => {
    const held = await lockRow(tx, act.userId);
    if (held.state === change.to) return held;
    if (!change.from.includes(held.state)) {
      throw new OperationError(
        "conflict",
        `The account ${act.userId} is ${held.state}; it cannot become ${change.to}.`,
      );
    }
    if (change.to !== "active") {
      await requireDispensable(tx, act, held);
      tokens = await dropAccessTokens(tx, act.userId);
    }
    const reason = change.to === "active" ? null : act.reason;
    await tx`
      update users set state = ${change.to}, state_reason = ${reason}, state_ts = ${nowMs}
      where user_id = ${act.userId}`;
    const action = change.to === "active" ? `un${ending(held.state)}` : ending(change.to);
    await writeAudit(tx, {
      ts: nowMs,
      actor: act.actor,
      action: `user.${action}`,
      target: act.userId,
      reason: act.reason,
    });
    return await getAdminUser(tx, act.userId);
  });
  announce(deps, act.userId);
  const reason = `The account is ${user.state}.`;
  endSessions(deps, { userId: act.userId, sessionIds: tokens, reason });
  return user;
}

/** Makes an account an administrator or takes that away. @throws OperationError `not_found`, `conflict` */
export async function setAdministrator(
  deps: StateDeps,
  act: AdminAct & { readonly admin: boolean },
): Promise<AdminUser> {
  const nowMs = deps.clock.now();
  const user = await deps.sql.begin(async (tx) => {
    const held = await lockRow(tx, act.userId);
    if (held.admin === act.admin) return held;
    if (held.state !== "active" && act.admin) {
      throw new OperationError(
        "conflict",
        `The account ${act.userId} is ${held.state}; it cannot become an administrator.`,
      );
    }
    if (!act.admin) await requireDispensable(tx, act, held);
    await tx`update users set admin = ${act.admin} where user_id = ${act.userId}`;
    await writeAudit(tx, {
      ts: nowMs,
      actor: act.actor,
      action: act.admin ? "user.make_administrator" : "user.unmake_administrator",
      target: act.userId,
      reason: act.reason,
    });
    return await getAdminUser(tx, act.userId);
  });
  announce(deps, act.userId);
  return user;
}

/** The account, its row held until the transaction ends. @throws OperationError `not_found` */
export async function lockRow(tx: Tx, userId: UserId): Promise<AdminUser> {
  await tx`select 1 from users where user_id = ${userId} for update`;
  return await getAdminUser(tx, userId);
}

/**
 * Nobody acts against their own account by mistake, and somebody must be left to administer.
 * @throws OperationError `conflict`
 */
export async function requireDispensable(tx: Tx, act: AdminAct, held: AdminUser): Promise<void> {
  if (act.actor === act.userId) {
    throw new OperationError(
      "conflict",
      "You cannot do this to your own account; ask another administrator.",
    );
  }
  if (!held.admin) return;
  await tx`select pg_advisory_xact_lock(${LOCK_CLASS.administrators}, 0)`;
  const [other] = await tx`
    select 1 from users where admin and state = 'active' and user_id <> ${act.userId} limit 1`;
  if (other !== undefined) return;
  throw new OperationError(
    "conflict",
    `${act.userId} is the only administrator left; make somebody else one first.`,
  );
}

function announce(deps: Pick<AccountDeps, "bus" | "sessions">, userId: UserId): void {
  deps.sessions.drop(userId);
  publishAccountEvent(deps.bus, { kind: "account_changed", user_id: userId });
}

function ending(state: AdminUser["state"]): string {
  return state === "locked" ? "lock" : state === "suspended" ? "suspend" : state;
}
