import type { Sealed } from "../../../core/api/sealed.ts";
import { base64Of, fromBase64 } from "../../../core/e2ee/bytes.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { GroupDeps } from "./group_deps.ts";
import { notEncrypted, readMls } from "./group_refusals.ts";
import { findGroup, type GroupRow } from "./group_rows.ts";
import { isEncrypted } from "./room_encryption.ts";
import { membersOf, readStanding } from "./wanted.ts";
import { mlsReaders } from "./mls_parts.ts";

/** What was sealed in the epoch before is taken for so long after a change that did not end it. */
export const FORMER_EPOCH_MS = 30_000;

/** Why a sealed message is not taken, beside what is wrong with it. */
type Reason = "no_group" | "not_in_group" | "remove_pending" | "old_epoch" | "unsealed";

function refused(reason: Reason, message: string, epoch?: number): OperationError {
  return new OperationError("encrypted_room", message, {
    details: { reason, ...(epoch === undefined ? {} : { epoch }) },
  });
}

/**
 * The door for what people say: in an encrypted room it is sealed for the present devices, anywhere
 * else it is not sealed. PROTOCOL.md, "Encryption: delivery".
 * @throws OperationError `encrypted_room`, `invalid`
 */
export async function admitSealed(
  deps: Pick<GroupDeps, "sql" | "rooms" | "clock">,
  { room, sender, sealed }: {
    readonly room: Room;
    readonly sender: UserId;
    readonly sealed: Sealed | undefined;
  },
): Promise<void> {
  if (!isEncrypted(room.authority)) {
    if (sealed !== undefined) throw notEncrypted();
    return;
  }
  if (sealed === undefined) {
    throw refused("unsealed", "This conversation is encrypted: send the message sealed.");
  }
  const group = await findGroup(deps.sql, room.id);
  if (group === undefined) {
    throw refused("no_group", "This conversation's encrypted group has not been made yet.");
  }
  await requireEpoch(group, sealed, deps.clock.now());
  const standing = await readStanding(deps.sql, {
    groupId: group.group_id,
    members: await membersOf(deps, room),
    sender,
  });
  if (standing.leaving) {
    throw refused(
      "remove_pending",
      "Somebody left this conversation: their devices must be taken out of its group before anything is sent.",
      group.epoch,
    );
  }
  if (standing.present) return;
  throw refused("not_in_group", "None of your devices is in this conversation's group yet.");
}

async function requireEpoch(group: GroupRow, sealed: Sealed, nowMs: number): Promise<void> {
  const facts = await readMls(
    "sealed.key",
    async () => (await mlsReaders()).readMessage(fromBase64(sealed.key) ?? new Uint8Array()),
  );
  if (base64Of(facts.groupId) !== group.group_id || facts.epoch !== sealed.epoch) {
    throw new OperationError(
      "invalid",
      "sealed.key is no message of this conversation's group in `sealed.epoch`.",
      { details: { field: "sealed" } },
    );
  }
  if (sealed.epoch === group.epoch) return;
  const isFormer = sealed.epoch === group.epoch - 1 && !group.epoch_removed &&
    nowMs - group.epoch_ts <= FORMER_EPOCH_MS;
  if (isFormer) return;
  throw refused(
    "old_epoch",
    `The message is sealed for epoch ${sealed.epoch}, the group is in epoch ${group.epoch}: take in the changes and seal it anew.`,
    group.epoch,
  );
}
