import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** A user follows a thread, or does no longer: all of the user's devices hear it. */
export interface ThreadNotice {
  readonly userId: UserId;
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly rootId: EventId;
  readonly following: boolean;
}

export const { publish: publishThreadNotice, subscribe: subscribeThreadNotices } = noticesOn<
  ThreadNotice
>("og.thread");
