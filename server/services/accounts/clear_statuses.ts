import type { UserId } from "../../../core/ids/user_id.ts";
import { publishAccountEvent } from "./account_event.ts";
import type { AccountDeps } from "./deps.ts";

/** Statuses taken away in one statement; the rest goes with the next. */
const BATCH = 500;

/**
 * Takes away what somebody said of themselves for a time that is over, and tells everybody who sees
 * it, as if they had done so. Safe to run in any process at any time.
 */
export async function clearStatuses(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus">,
): Promise<readonly UserId[]> {
  const nowMs = deps.clock.now();
  const rows = await deps.sql<{ user_id: UserId }[]>`
    update profiles set status = null, status_until = null, updated_ts = ${nowMs}
    where user_id in (
      select user_id from profiles where status_until <= ${nowMs}
      order by status_until limit ${BATCH} for update skip locked)
    returning user_id`;
  for (const { user_id } of rows) {
    publishAccountEvent(deps.bus, { kind: "profile_changed", user_id });
  }
  return rows.map(({ user_id }) => user_id);
}
