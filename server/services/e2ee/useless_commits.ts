import type { Queryable } from "../../postgres/sql.ts";
import { policy } from "./group_refusals.ts";
import type { GroupRow, LeafRow } from "./group_rows.ts";
import type { Device } from "./registered_devices.ts";

/** Users who say so are enough, however large the group is: many devices are asleep. */
const SAY_SO = 3;
/** Changes of one device that others could not follow, before it may change nothing more. */
const USELESS_MAX = 2;
/** As long as they are looked back at. */
const LOOK_BACK_MS = 3_600_000;

/**
 * A server cannot see whether the secrets in a commit are of use: who cannot follow comes in from
 * outside, and says after which change. Where half of a group's other users, or three, say that of a
 * device's changes twice within an hour, it changes nothing until that hour is over: it costs the
 * others no more than two ways in. PROTOCOL.md 13. @throws OperationError `policy`
 */
export async function requireUseful(
  sql: Queryable,
  { group, caller, leaves, nowMs }: {
    readonly group: GroupRow;
    readonly caller: Device;
    readonly leaves: readonly LeafRow[];
    readonly nowMs: number;
  },
): Promise<void> {
  const users = new Set(leaves.map(({ user }) => user));
  users.delete(caller.user);
  const enough = Math.min(SAY_SO, Math.ceil(users.size / 2));
  if (enough === 0) return;
  const rows = await sql<{ base_epoch: number }[]>`
    select c.base_epoch from mls_commits c
    join mls_commits r on r.group_id = c.group_id and r.unfollowed = c.base_epoch
      and r.sender_user <> c.sender_user
    where c.group_id = ${group.group_id} and c.created_ts > ${nowMs - LOOK_BACK_MS}
      and c.sender_user = ${caller.user} and c.sender_device = ${caller.device}
    group by c.base_epoch
    having count(distinct r.sender_user) >= ${enough}`;
  if (rows.length < USELESS_MAX) return;
  throw policy(
    "useless_commits",
    `Others in this group could not follow the last changes of ${caller.user}'s device ${caller.device}: it can change the group again in an hour.`,
  );
}
