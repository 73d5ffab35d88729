import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { DeviceDeps } from "./device_deps.ts";
import { bumpDeviceList } from "./device_rows.ts";

/** Ended devices taken away in one round; the others wait for the next. */
const ENDED_PER_ROUND = 500;

/** In the transaction of a change: others will see by the new version that theirs is old. */
export async function changedDevices(
  tx: Tx,
  { followers }: Pick<DeviceDeps, "followers">,
  userId: UserId,
): Promise<void> {
  await bumpDeviceList(tx, userId);
  await followers.within(tx, userId);
}

/**
 * Takes away devices whose session has ended, of one account or of all, and says so to everybody
 * whom it concerns. Safe to run in any process at any time. Answers how many there were.
 */
export async function takeAwayEnded(
  deps: Pick<DeviceDeps, "sql" | "followers">,
  only?: UserId,
): Promise<number> {
  const { users, count } = await deps.sql.begin(async (tx) => {
    const rows = await tx<{ user_id: UserId; certified: boolean }[]>`
      delete from devices where (user_id, device_id) in (
        select user_id, device_id from devices
        where session_id is null and user_id = coalesce(${only ?? null}, user_id)
        order by user_id limit ${ENDED_PER_ROUND} for update skip locked)
      returning user_id, certificate is not null as certified`;
    const users = [...new Set(rows.map((row) => row.user_id))].sort();
    for (const userId of users) await changedDevices(tx, deps, userId);
    return { users, count: rows.length };
  });
  if (users.length > 0) deps.followers.after(users);
  return count;
}
