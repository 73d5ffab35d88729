import { assert } from "../../../core/assert.ts";
import type { ReadState } from "../../../core/api/channel.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { messageNotFound, openChannel, requireEventId } from "../chat/place.ts";
import { findTimelineEvents } from "../messages/message_rows.ts";
import { readStates } from "./read_states.ts";
import { moveReadMarker } from "./read_rows.ts";

export interface ReadNotice {
  readonly userId: UserId;
  readonly state: ReadState;
}

/** How far the user has read a channel. @throws OperationError `not_found` */
export async function readStateOf(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly channelId: string },
): Promise<ReadState> {
  const { room, channelId } = await openChannel(deps, userId, input);
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
    readonly eventId: string | null;
    readonly back: boolean;
  },
): Promise<ReadState> {
  const place = await openChannel(deps, userId, input);
  const { room, channelId } = place;
  const marker = { userId, roomId: room.id, channelId };
  if (input.eventId === null) {
    await moveReadMarker(deps.sql, {
      ...marker,
      eventId: null,
      ord: 0,
      hash: new Uint8Array(),
      back: true,
    });
  } else {
    const id = requireEventId(input.eventId);
    const [row] = await findTimelineEvents(deps.sql, room.id, [id]);
    if (row?.order === undefined || row.channelId !== channelId) throw messageNotFound();
    await moveReadMarker(deps.sql, {
      ...marker,
      eventId: id,
      ord: row.order,
      hash: row.hash,
      back: input.back,
    });
  }
  const state = await readStateOf(deps, userId, input);
  deps.announceRead({ userId, state });
  return state;
}
