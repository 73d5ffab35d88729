import { OperationError } from "../../../core/errors.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import { parseServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { openResident } from "../../federation/resident_rooms.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";

/**
 * Asks to be let in. Where nobody of this server is in the room, the named server is asked.
 * @throws OperationError `forbidden`, `not_found`, `rate_limited`, `unavailable`
 */
export async function knockOnRoom(
  deps: ChatDeps & { readonly remote: RemoteRooms },
  user: { readonly userId: UserId; readonly address: string },
  input: { readonly roomId: string; readonly server?: string | undefined },
): Promise<void> {
  const { userId } = user;
  const roomId = parseRoomId(input.roomId);
  if (roomId === undefined) throw roomNotFound();
  await deps.throttle.take("knocks", [
    { policy: "joinAccount", who: userId },
    { policy: "joinAddress", who: user.address },
  ]);
  const room = await openResident(deps, roomId);
  if (room === undefined) {
    const server = parseServerName(input.server ?? "");
    if (server === undefined || server === deps.serverName) throw roomNotFound();
    return await deps.remote.knock({ user: userId, roomId, servers: [server] });
  }
  try {
    await room.changeControl(() => ({
      intents: [{
        type: "m.room.member",
        sender: userId,
        stateKey: userId,
        content: { membership: "knock" },
      }],
    }));
  } catch (error) {
    // Why one may not knock would tell that the room is there.
    if (error instanceof OperationError && error.code === "forbidden") throw roomNotFound();
    throw error;
  }
}
