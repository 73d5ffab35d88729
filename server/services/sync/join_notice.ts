import type { Checking } from "../../../core/api/guild.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** What the devices of one user are told of joins and invitations; in no log. */
export type JoinNotice =
  /** The room is there, or its check has ended: it is read anew and told whole. */
  | { readonly kind: "room"; readonly roomId: RoomId; readonly userId: UserId }
  | {
    readonly kind: "progress";
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly checking: Checking;
  }
  /** The join came to nothing. */
  | {
    readonly kind: "gone";
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly reason: "kicked" | "unverifiable";
  }
  /** A conversation was closed, left, or is back in the list. */
  | { readonly kind: "conversation"; readonly roomId: RoomId; readonly userId: UserId }
  /** An invitation came, or was answered. */
  | { readonly kind: "invitation"; readonly roomId: RoomId; readonly userId: UserId };

export const { publish: publishJoinNotice, subscribe: subscribeJoinNotices } = noticesOn<
  JoinNotice
>("og.join");
