import { GROUP_LIMITS } from "../../../core/api/e2ee_groups.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { GroupDeps } from "./group_deps.ts";
import { findRegistered } from "./registered_devices.ts";
import { membersOf } from "./wanted.ts";

/**
 * Throws unless the devices of the room's members and of those who come fit into one group.
 * @throws OperationError `limit_reached`
 */
export async function requireDeviceRoom(
  deps: Pick<GroupDeps, "sql" | "rooms">,
  room: Room,
  coming: readonly UserId[],
): Promise<void> {
  const users = [...new Set([...await membersOf(deps, room), ...coming])];
  const { length } = await findRegistered(deps.sql, users);
  if (length <= GROUP_LIMITS.devices) return;
  throw new OperationError(
    "limit_reached",
    `This place is encrypted for at most ${GROUP_LIMITS.devices} devices, and with this there would be ${length}: somebody has to leave first, or sign old devices out.`,
  );
}
