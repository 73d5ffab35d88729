import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";

/** An account ends: its identity, devices with what waits for them, and its backup are deleted. */
export async function endEncryption(tx: Tx, userId: UserId): Promise<void> {
  await tx`delete from devices where user_id = ${userId}`;
  await tx`delete from identities where user_id = ${userId}`;
  await tx`delete from device_lists where user_id = ${userId}`;
  await tx`delete from backups where user_id = ${userId}`;
}
