import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";
import type { ReadNotice } from "./mark_read.ts";

/** Somebody of another server has read on in a conversation. */
export interface SeenNotice {
  readonly roomId: RoomId;
  /** Who has read. */
  readonly userId: UserId;
}

export const { publish: publishReadNotice, subscribe: subscribeReadNotices } = noticesOn<
  ReadNotice
>("og.read");

export const { publish: publishSeenNotice, subscribe: subscribeSeenNotices } = noticesOn<
  SeenNotice
>("og.seen");
