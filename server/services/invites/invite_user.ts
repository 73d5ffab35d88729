import { OperationError } from "../../../core/errors.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireDeviceRoom } from "../e2ee/device_room.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { requireUserId } from "../chat/place.ts";
import { addGroupPeople } from "../dms/add_group_people.ts";
import { hasBlocked } from "../relationships/relationship_rows.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { requireAccount } from "../users/require_account.ts";

/**
 * Invites one user into a guild or private channel. Somebody of this server who is a member of
 * the private channel's guild is let in at once: they are not strangers. A user of another
 * server is told there, whether that server is in the room or not.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `conflict`, `unavailable`
 */
export async function inviteUser(
  deps: ChatDeps & { readonly remote: RemoteRooms },
  userId: UserId,
  input: { readonly roomId: string; readonly userId: string },
): Promise<void> {
  const room = await deps.rooms.openFor(userId, input.roomId);
  if (room.authority.room.kind === "group_dm") {
    await addGroupPeople(deps, userId, { roomId: room.id, userIds: [input.userId] });
    return;
  }
  const target = requireUserId(input.userId);
  const to = serverOf(target);
  const isLocal = to === deps.serverName;
  if (isLocal) await requireAccount(deps, target);
  else requireOpen(room.authority.room.federate, target);
  const letIn = await isKnown(deps, room.authority.room.guild, target) &&
    !await hasBlocked(deps.sql, [target, userId]);
  if (letIn && isEncrypted(room.authority)) await requireDeviceRoom(deps, room, [target]);
  await room.changeControl((authority) => {
    if (authority.isJoined(target)) {
      throw new OperationError("conflict", `${target} is a member already.`);
    }
    const intents = [{
      type: "m.room.member",
      sender: userId,
      stateKey: target,
      content: { membership: "invite" },
    }];
    if (letIn) {
      intents.push({
        type: "m.room.member",
        sender: target,
        stateKey: target,
        content: { membership: "join" },
      });
    }
    const rows = isLocal
      ? []
      : [deps.remote.tell({ kind: "invite", to, roomId: room.id, user: target })];
    return { intents, rows };
  });
  deps.remote.wake();
}

function requireOpen(federate: boolean, target: UserId): void {
  if (federate) return;
  throw new OperationError(
    "forbidden",
    `This guild is for people of this server alone, and ${target} is of another.`,
  );
}

async function isKnown(
  deps: Pick<ChatDeps, "rooms" | "serverName">,
  guildId: string | undefined,
  target: UserId,
): Promise<boolean> {
  const id = guildId === undefined ? undefined : parseRoomId(guildId);
  if (id === undefined || serverOf(target) !== deps.serverName) return false;
  const guild = await deps.rooms.open(id);
  return guild?.authority.isJoined(target) === true;
}
