import { OperationError } from "../../core/errors.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Sql } from "../postgres/sql.ts";
import { findRegistered, type RegisteredDevice } from "../services/e2ee/registered_devices.ts";

/** A device of another server, as that server publishes it. @throws OperationError `forbidden` */
export async function requireDevice(
  deps: { readonly sql: Sql; readonly refresh: (users: readonly UserId[]) => Promise<unknown> },
  user: UserId,
  device: string,
): Promise<RegisteredDevice> {
  const find = async () =>
    (await findRegistered(deps.sql, [user])).find((each) => each.device === device);
  const known = await find();
  if (known !== undefined) return known;
  // It may be so new that this server has not heard of it.
  await deps.refresh([user]);
  const fetched = await find();
  if (fetched !== undefined) return fetched;
  throw new OperationError("forbidden", `${user} has no certified device ${device}.`, {
    details: { reason: "no_device" },
  });
}
