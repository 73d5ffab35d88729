import { OperationError } from "../../../core/errors.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { openChannel } from "../chat/place.ts";
import type { GroupDeps } from "./group_deps.ts";
import { canBeEncrypted, isEncrypted, mayEncrypt } from "./room_encryption.ts";
import { requireDeviceRoom } from "./device_room.ts";

/**
 * Encrypts a conversation from now on, for good; what was said before stays as it is. Again changes
 * nothing. @throws OperationError `not_found`, `forbidden`, `invalid`, `limit_reached`
 */
export async function enableEncryption(
  deps: Pick<GroupDeps, "sql" | "rooms" | "clock">,
  userId: UserId,
  rawId: string,
): Promise<{ encrypted: true }> {
  const { room } = await openChannel(deps, userId, { roomId: rawId, channelId: MAIN_CHANNEL });
  if (!canBeEncrypted(room.authority)) {
    throw new OperationError(
      "invalid",
      "Channels that a whole guild sees are not encrypted: make a private channel for that.",
    );
  }
  if (isEncrypted(room.authority)) return { encrypted: true };
  await requireDeviceRoom(deps, room, []);
  await room.changeControl((authority) => {
    if (isEncrypted(authority)) return { intents: [] };
    if (!mayEncrypt(authority, userId)) throw notMaster(authority.owner());
    return {
      intents: [{
        type: "m.room.encryption",
        sender: userId,
        stateKey: "",
        content: { algorithm: "mls" },
      }],
    };
  });
  return { encrypted: true };
}

function notMaster(owner: UserId | undefined): OperationError {
  return new OperationError(
    "forbidden",
    owner === undefined
      ? "Encryption is switched on by who has joined this conversation: accept it first."
      : `Only ${owner}, who owns this place, can switch encryption on here.`,
  );
}
