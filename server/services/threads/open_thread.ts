import { OperationError } from "../../../core/errors.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, type Place, requireEventId, requireRight } from "../chat/place.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { findTimelineEvents } from "../messages/message_rows.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { channelOfThread, findThreads, type ThreadRow } from "./thread_rows.ts";

/** Types of events that a thread can begin on. */
const ROOTS = new Set(["m.room.message", "m.poll"]);

export interface OpenThread {
  readonly place: Place;
  readonly rootId: EventId;
  /** Undefined where it is not held. */
  readonly root: StoredEvent | undefined;
  /** Undefined where nobody has written in it yet. */
  readonly thread: ThreadRow | undefined;
}

/**
 * A thread by the message that it began on, or will. One whose root was deleted can be read on.
 * @throws OperationError `not_found`, for what is hidden too
 */
export async function openThread(
  deps: Pick<ChatDeps, "sql" | "rooms" | "clock">,
  userId: UserId,
  raw: { readonly roomId: string; readonly rootId: string },
): Promise<OpenThread> {
  const room = await deps.rooms.openFor(userId, raw.roomId);
  const rootId = requireEventId(raw.rootId);
  const [root] = await findTimelineEvents(deps.sql, room.id, [rootId]);
  const channelId = root === undefined
    ? await channelOfThread(deps.sql, room.id, rootId)
    : root.channelId;
  if (channelId === undefined) throw threadNotFound();
  const place = await openChannel(deps, userId, { roomId: room.id, channelId })
    .catch((error) => {
      throw error instanceof OperationError && error.code === "not_found"
        ? threadNotFound()
        : error;
    });
  requireRight(place.rights, "READ_HISTORY", "read threads");
  const [thread] = await findThreads(deps.sql, [{ roomId: room.id, channelId, rootId }]);
  const begins = root !== undefined && root.redactedBy === undefined && ROOTS.has(root.type) &&
    threadOfRow(room.authority, root) === undefined;
  if (thread === undefined && !begins) throw threadNotFound();
  return { place, rootId, root, thread };
}

/** Refuses in words what encrypted rooms do not have. PROTOCOL.md 7. */
export function requireThreads(place: Place): void {
  if (!isEncrypted(place.room.authority)) return;
  throw new OperationError(
    "invalid",
    "There are no threads where messages are encrypted: answer the message instead.",
    { details: { field: "thread_id" } },
  );
}

export function threadNotFound(): OperationError {
  return new OperationError("not_found", "There is no such thread here; it may be deleted.");
}
