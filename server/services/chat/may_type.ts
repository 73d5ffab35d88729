import { parseEventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TypingPlace } from "../../../federation/ports.ts";
import { threadNotFound } from "../threads/open_thread.ts";
import type { ChatDeps } from "./chat_deps.ts";
import { openChannel, requireRight } from "./place.ts";

/**
 * Where somebody who says to be writing may write: a channel, or a thread of it. Whether anything
 * stands under that message is not looked at: nobody else has such a thread open.
 * @throws OperationError `not_found`, `forbidden`
 */
export async function mayType(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  at: {
    readonly room_id: string;
    readonly channel_id: string;
    readonly thread_id?: string | undefined;
  },
): Promise<TypingPlace> {
  const raw = { roomId: at.room_id, channelId: at.channel_id };
  const { room, channelId, rights } = await openChannel(deps, userId, raw);
  if (at.thread_id === undefined) {
    requireRight(rights, "SEND", "write here");
    return { roomId: room.id, channelId };
  }
  const threadId = parseEventId(at.thread_id);
  if (threadId === undefined) throw threadNotFound();
  requireRight(rights, "SEND_IN_THREADS", "write in threads");
  return { roomId: room.id, channelId, threadId };
}
