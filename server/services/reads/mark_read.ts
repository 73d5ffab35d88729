import { assert } from "../../../core/assert.ts";
import type { ReadState } from "../../../core/api/channel.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { messageNotFound, openChannel, type Place, requireEventId } from "../chat/place.ts";
import { findTimelineEvents } from "../messages/message_rows.ts";
import { readStates, threadReadState } from "./read_states.ts";
import { moveReadMarker, moveThreadMarker } from "./read_rows.ts";

export interface ReadNotice {
  readonly userId: UserId;
  readonly state: ReadState;
}

/** How far the user has read a channel. @throws OperationError `not_found` */
export async function readStateOf(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly roomId: string;
    readonly channelId: string;
    readonly threadId?: string | undefined;
  },
): Promise<ReadState> {
  const { room, channelId } = await openChannel(deps, userId, input);
  if (input.threadId !== undefined) {
    const rootId = requireEventId(input.threadId);
    return await threadReadState(deps, userId, { room, channelId, rootId });
  }
  const [state] = await readStates(deps, userId, [{ room, channelIds: [channelId] }]);
  assert(state !== undefined, "every channel that is asked for has a read state");
  return state;
}

/**
 * Sets how far the user has read; the marker goes back only when told to.
 * @throws OperationError `not_found`
 */
export async function markRead(
  deps: ChatDeps & { readonly announceRead: (notice: ReadNotice) => void },
  userId: UserId,
  input: {
    readonly roomId: string;
    readonly channelId: string;
    readonly threadId?: string | undefined;
    readonly eventId: string | null;
    readonly back: boolean;
  },
): Promise<ReadState> {
  const place = await openChannel(deps, userId, input);
  const { room, channelId } = place;
  const to = input.eventId === null
    ? { eventId: null, ord: 0, hash: new Uint8Array(), back: true }
    : { ...await placeOf(deps, place, input.eventId), back: input.back };
  if (input.threadId !== undefined) {
    const rootId = requireEventId(input.threadId);
    await moveThreadMarker(deps.sql, { userId, roomId: room.id, rootId, ...to });
  } else {
    await moveReadMarker(deps.sql, { userId, roomId: room.id, channelId, ...to });
  }
  const state = await readStateOf(deps, userId, input);
  deps.announceRead({ userId, state });
  return state;
}

async function placeOf(
  deps: Pick<ChatDeps, "sql">,
  { room, channelId }: Place,
  rawId: string,
): Promise<{ readonly eventId: string; readonly ord: number; readonly hash: Uint8Array }> {
  const id = requireEventId(rawId);
  const [row] = await findTimelineEvents(deps.sql, room.id, [id]);
  if (row?.order === undefined || row.channelId !== channelId) throw messageNotFound();
  return { eventId: id, ord: row.order, hash: row.hash };
}
