import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";

/** What devices are told of groups: hints, each reads what it wants to know. */
export type GroupNotice =
  /** The group has a new epoch. */
  | { readonly kind: "epoch"; readonly roomId: RoomId; readonly epoch: number }
  /** Welcomes wait for devices of these people. */
  | { readonly kind: "welcome"; readonly roomId: RoomId; readonly userIds: readonly UserId[] }
  /** Devices of these people have few key packages left. */
  | { readonly kind: "keys_low"; readonly userIds: readonly UserId[] };

const SUBJECT = "og.group";

export function publishGroupNotice(bus: Bus, notice: GroupNotice): void {
  bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(notice)));
}

/** Hears the notices of every process, this one's too. Returns the end of the subscription. */
export function subscribeGroupNotices(
  bus: Bus,
  handle: (notice: GroupNotice) => void,
): () => void {
  // Only processes of this homeserver write there.
  return bus.subscribe(
    SUBJECT,
    (payload) => handle(JSON.parse(new TextDecoder().decode(payload)) as GroupNotice),
  );
}
