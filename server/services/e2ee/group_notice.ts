import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** What devices are told of groups: hints, each reads what it wants to know. */
export type GroupNotice =
  /** The group has a new epoch. */
  | { readonly kind: "epoch"; readonly roomId: RoomId; readonly epoch: number }
  /** Welcomes wait for devices of these people. */
  | { readonly kind: "welcome"; readonly roomId: RoomId; readonly userIds: readonly UserId[] }
  /** Devices of these people have few key packages left. */
  | { readonly kind: "keys_low"; readonly userIds: readonly UserId[] };

export const { publish: publishGroupNotice, subscribe: subscribeGroupNotices } = noticesOn<
  GroupNotice
>("og.group");
