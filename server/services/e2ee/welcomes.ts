import { GROUP_LIMITS } from "../../../core/api/e2ee_groups.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { GroupDeps } from "./group_deps.ts";
import { requireOwnDevice } from "./registered_devices.ts";

type Who = Pick<Caller, "userId" | "sessionId">;

export interface WaitingWelcome {
  readonly id: string;
  readonly room_id: RoomId;
  readonly epoch: number;
  readonly welcome: string;
}

/** Of one answer, before base64. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** Welcomes of the caller's device, the oldest first. @throws OperationError `forbidden` */
export async function listWelcomes(
  deps: Pick<GroupDeps, "sql">,
  who: Who,
): Promise<{ welcomes: WaitingWelcome[]; has_more: boolean }> {
  const device = await requireOwnDevice(deps.sql, who);
  const rows = await deps.sql<
    { welcome_id: string; room_id: RoomId; epoch: number; bytes: Uint8Array }[]
  >`
    select w.welcome_id, w.room_id, w.epoch, b.bytes
    from (select *, sum(size) over (order by created_ts, welcome_id) as sum from (
      select v.*, length(d.bytes) as size from mls_welcomes v
      join mls_welcome_bodies d using (hash)
      where v.user_id = ${device.user} and v.device_id = ${device.device}
      order by v.created_ts, v.welcome_id limit ${GROUP_LIMITS.welcomesPage + 1}) sized) w
    join mls_welcome_bodies b using (hash)
    where w.sum - w.size < ${PAGE_BYTES}
    order by w.created_ts, w.welcome_id`;
  const [count] = await deps.sql<{ count: number }[]>`
    select count(*)::int as count from mls_welcomes
    where user_id = ${device.user} and device_id = ${device.device}`;
  const page = rows.slice(0, GROUP_LIMITS.welcomesPage);
  return {
    welcomes: page.map((row) => ({
      id: row.welcome_id,
      room_id: row.room_id,
      epoch: row.epoch,
      welcome: base64Of(row.bytes),
    })),
    has_more: (count?.count ?? 0) > page.length,
  };
}

/** The device has done with a Welcome; one that is gone already is gone. */
export async function ackWelcome(
  deps: Pick<GroupDeps, "sql">,
  who: Who,
  id: string,
): Promise<Record<string, never>> {
  const device = await requireOwnDevice(deps.sql, who);
  await deps.sql`
    delete from mls_welcomes
    where welcome_id = ${id} and user_id = ${device.user} and device_id = ${device.device}`;
  return {};
}
